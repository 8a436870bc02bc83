//! A ledger that holds exactly what a truthful record says, asked by verifications of truthful and lying records.

use std::collections::HashMap;

use protocol::query::AnswerHeader;
use protocol::reply::NO_BET;
use zerocopy::IntoBytes;

use super::*;
use crate::game::{RAMBOLITO, STRAIGHT};
use crate::id::Ids;
use crate::record::{Accounts, Draw, Limit, Outcome, Strand, Told};
use crate::traffic::Wager;

const FIRST: u64 = 500;

/// A record of the bets (account, play, number, stake, fits) on one draw, five accounts with 10,000 each.
fn record(bets: &[(u32, u8, u16, u32, bool)], result: Option<u16>) -> Record {
    let limits = vec![
        Limit { play: Some(STRAIGHT), number: 777, limit: 500 },
        Limit { play: Some(RAMBOLITO), number: 123, limit: 300 },
        Limit { play: None, number: 911, limit: 90_000 },
    ];
    let mut strand = Strand::with_room(0, Ids::new(3), 7_000, bets.len(), 1);
    for (place, &(account, play, number, stake, fits)) in bets.iter().enumerate() {
        strand.sent.push(7_000, account, 1, || Wager { stake, number, play });
        let (code, bet, value) =
            if fits { (ACCEPTED, NO_BET, 1_000_000) } else { (Refusal::StakeLimitReached as u16, 0, 100) };
        let told = Told { code, bet, tick: 40 + place as u64, values: [value].into_iter() };
        strand.heard.hear(place, place + 1, told).expect("an answer to what was sent");
    }
    Record {
        accounts: Accounts { first: FIRST, deposits: vec![10_000; 5] },
        draws: vec![Draw { book: 9, limits, result }],
        strands: vec![strand],
    }
}

fn usual(result: Option<u16>) -> Record {
    record(
        &[
            (0, STRAIGHT, 777, 400, true),
            (1, RAMBOLITO, 321, 200, true),
            (1, RAMBOLITO, 132, 100, true),
            (2, STRAIGHT, 777, 200, false),
            (3, STRAIGHT, 911, 200, true),
        ],
        result,
    )
}

/// Answers by question, as bytes.
type Ledger = HashMap<Vec<u8>, Vec<u8>>;

fn answer(code: u16, parts: &[&[u8]]) -> Vec<u8> {
    let len = size_of::<AnswerHeader>() + parts.iter().map(|part| part.len()).sum::<usize>();
    let header = AnswerHeader {
        len: (len as u16).into(),
        code: code.into(),
        kind: 0,
        count: 0,
        reserved: [0; 2],
        tick: 99.into(),
    };
    [&[header.as_bytes()], parts].concat().concat()
}

fn ticket_answer(record: &Record, ticket: &Ticket<'_>) -> Vec<u8> {
    if ticket.outcome.code != ACCEPTED {
        return answer(Refusal::TicketUnknown as u16, &[]);
    }
    let view = TicketView {
        id: ticket.id.into(),
        account: record.accounts.id(ticket.account).into(),
        accepted: ticket.outcome.tick().into(),
        cancelled: 0,
        reserved: [0; 7],
    };
    let wager = ticket.wagers[0];
    let result = record.draws[0].result;
    let wins =
        result.is_some_and(|result| game::wins_on(wager.play, wager.number).any(|each| each == result));
    let state = match (result, wins) {
        (None, _) => BetState::Open,
        (Some(_), true) => BetState::Paid,
        (Some(_), false) => BetState::Lost,
    };
    let payout = if wins { game::payout(wager.play, wager.number, wager.stake.into()) } else { 0 };
    let bet = BetView {
        stake: i64::from(wager.stake).into(),
        payout: payout.into(),
        book: 9.into(),
        number: wager.number.into(),
        play: wager.play,
        state: state as u8,
    };
    answer(0, &[view.as_bytes(), bet.as_bytes()])
}

fn account_answer(account: u64, available: i64) -> Vec<u8> {
    let view = AccountView {
        account: account.into(),
        available: available.into(),
        held: 0.into(),
        owed: 0.into(),
        credit_limit: 0.into(),
        excluded_until: 0.into(),
        currency: game::CURRENCY.into(),
        status: 1,
        reserved: 0,
        tickets: 0.into(),
        holds: 0.into(),
        reserved_too: 0.into(),
        parent: 0.into(),
    };
    answer(0, &[view.as_bytes()])
}

fn room_answer(room: i64, stake: i64, payout: i64) -> Vec<u8> {
    answer(0, &[RoomView { room: room.into(), stake: stake.into(), payout: payout.into() }.as_bytes()])
}

fn draw_answer(stake: i64, bets: u64, winners: u64, paid: i64) -> Vec<u8> {
    let view = DrawView {
        game: 3.into(),
        opens_at: 0.into(),
        closes_at: 0.into(),
        stake: stake.into(),
        escrow: 0.into(),
        paid: paid.into(),
        bets: bets.into(),
        winners: winners.into(),
        winners_paid: winners.into(),
        book: 9.into(),
        version: 1.into(),
        currency: game::CURRENCY.into(),
        state: 0,
        results: 0,
        seal_state: 0,
        corrections: 0,
        reserved: [0; 4],
        seal: [0; 32],
        sealed_bets: 0.into(),
        sealed_stake: 0.into(),
        worst_payout: 0.into(),
        commission: 0.into(),
        ended_at: 0.into(),
    };
    answer(0, &[view.as_bytes()])
}

/// The ledger of [`usual`], its sums written down by hand.
fn ledger(record: &Record) -> Ledger {
    let mut ledger = Ledger::new();
    for ticket in record.tickets() {
        let question = Query::ticket(record.accounts.id(ticket.account), ticket.id);
        ledger.insert(question.as_bytes().to_vec(), ticket_answer(record, &ticket));
    }
    let won = record.draws[0].result == Some(213);
    let paid = if won { 22_500 } else { 0 };
    for (place, available) in [9_600, 9_700 + paid, 10_000, 9_800, 10_000].into_iter().enumerate() {
        let account = FIRST + place as u64;
        let question = Query::of(QueryKind::Account, account);
        ledger.insert(question.as_bytes().to_vec(), account_answer(account, available));
    }
    for play in PLAYS {
        for number in 0..NUMBERS as u16 {
            let in_class = game::class(number) == 123;
            let (room, stake, payout) = match (play, number) {
                (STRAIGHT, 777) => (100, 400, 180_000),
                (STRAIGHT, 911) => (0, 200, 90_000),
                (RAMBOLITO, 911) => (0, 0, 90_000),
                (RAMBOLITO, _) if in_class => (0, 300, 22_500),
                (STRAIGHT, _) if in_class => (50_000, 0, 22_500),
                _ => (50_000, 0, 0),
            };
            let question = Query::room(9, play, number);
            ledger.insert(question.as_bytes().to_vec(), room_answer(room, stake, payout));
        }
    }
    let draw = draw_answer(900, 4, if won { 2 } else { 0 }, paid);
    ledger.insert(Query::of(QueryKind::Draw, 9).as_bytes().to_vec(), draw);
    ledger
}

fn verify(record: &Record, ledger: &Ledger) -> Verdict {
    let unknown = answer(Refusal::TicketUnknown as u16, &[]);
    let mut verification = Verification::new(record);
    for place in 0..verification.questions() {
        let question = verification.question(place);
        let bytes = ledger.get(question.as_bytes()).unwrap_or(&unknown);
        let (answer, _) = Answer::split(bytes).expect("whole");
        verification.judge(place, &answer);
    }
    verification.finish()
}

fn id(record: &Record, place: usize) -> u128 {
    record.strands[0].ticket(place).id
}

#[test]
fn a_truthful_record_agrees_before_and_after_the_result() {
    for result in [None, Some(213), Some(444)] {
        let record = usual(result);
        let verdict = verify(&record, &ledger(&record));
        assert_eq!(verdict, Verdict { judged: 5 + 5 + 1990 + 1, disagreements: 0, first: vec![] });
    }
}

#[test]
fn a_lost_ticket_is_found() {
    let (mut record, ledger) = (usual(None), ledger(&usual(None)));
    Lie::LostTicket.plant(&mut record).expect("there is an accepted ticket");
    let lost = Disagreement::TicketLost { account: FIRST, id: id(&record, 0), code: 1500 };
    assert_eq!(verify(&record, &ledger).first, [lost]);
}

#[test]
fn a_doubled_ticket_is_found_in_the_ticket_the_money_and_the_numbers() {
    let (mut record, ledger) = (usual(None), ledger(&usual(None)));
    Lie::DoubledTicket.plant(&mut record).expect("there is an accepted ticket");
    let ticket = Disagreement::TicketDiffers {
        account: FIRST,
        id: id(&record, 0),
        what: "stake",
        recorded: 800,
        read: 400,
    };
    let limit = Limit { play: Some(STRAIGHT), number: 777, limit: 500 };
    let number = |play, what, recorded, read| Disagreement::NumberDiffers {
        book: 9,
        play,
        number: 777,
        what,
        recorded,
        read,
    };
    assert_eq!(
        verify(&record, &ledger).first,
        [
            Disagreement::OverLimit { book: 9, limit, taken: 800 },
            ticket,
            Disagreement::AccountDiffers { account: FIRST, what: "available", recorded: 9_200, read: 9_600 },
            number(STRAIGHT, "stake", 800, 400),
            number(STRAIGHT, "payout", 360_000, 180_000),
            Disagreement::DrawDiffers { book: 9, what: "stake", recorded: 1_300, read: 900 },
        ]
    );
}

#[test]
fn a_bet_over_its_limit_is_found() {
    let (mut record, ledger) = (usual(None), ledger(&usual(None)));
    Lie::OverLimit.plant(&mut record).expect("there is a refused ticket");
    let limit = Limit { play: Some(STRAIGHT), number: 777, limit: 500 };
    let verdict = verify(&record, &ledger);
    assert_eq!(
        verdict.first[..2],
        [
            Disagreement::OverLimit { book: 9, limit, taken: 600 },
            Disagreement::TicketLost { account: FIRST + 2, id: id(&record, 3), code: 1500 },
        ]
    );
    assert_eq!(verdict.disagreements, 7);
}

#[test]
fn lost_money_is_found() {
    let (mut record, ledger) = (usual(None), ledger(&usual(None)));
    Lie::LostMoney.plant(&mut record).expect("there is an account");
    let short =
        Disagreement::AccountDiffers { account: FIRST, what: "available", recorded: 9_601, read: 9_600 };
    assert_eq!(verify(&record, &ledger).first, [short]);
}

#[test]
fn a_lie_needs_something_to_lie_about() {
    let mut record = record(&[(0, STRAIGHT, 5, 100, true)], None);
    assert_eq!(Lie::OverLimit.plant(&mut record), Err(NothingToLieAbout(Lie::OverLimit)));
    assert!("half-truth".parse::<Lie>().is_err());
}

#[test]
fn a_refused_ticket_that_stands_is_found() {
    let (mut record, ledger) = (usual(None), ledger(&usual(None)));
    record.strands[0].retell(1, Outcome::new(Refusal::FundsShort as u16, 41));
    let stands = Disagreement::RefusedStands { account: FIRST + 1, id: id(&record, 1), code: 2700 };
    let verdict = verify(&record, &ledger);
    assert!(verdict.first.contains(&stands) && verdict.disagreements > 1, "{verdict:?}");
}

#[test]
fn an_unanswered_ticket_must_be_sent_again_first() {
    let (mut record, ledger) = (usual(None), ledger(&usual(None)));
    record.strands[0].retell(3, Outcome::NONE);
    assert_eq!(verify(&record, &ledger).first, [Disagreement::Unanswered { tickets: 1 }]);
}

#[test]
fn a_winner_that_was_not_paid_is_found() {
    let record = usual(Some(213));
    let mut ledger = ledger(&record);
    let account = FIRST + 1;
    ledger.insert(Query::of(QueryKind::Account, account).as_bytes().to_vec(), account_answer(account, 9_700));
    let unpaid = Disagreement::AccountDiffers { account, what: "available", recorded: 32_200, read: 9_700 };
    assert_eq!(verify(&record, &ledger).first, [unpaid]);
}

#[test]
fn a_refusal_of_what_would_have_fitted_is_found() {
    let record = record(&[(2, STRAIGHT, 777, 100, false)], None);
    let vain =
        Disagreement::RefusedInVain { account: FIRST + 2, id: id(&record, 0), stake: 100, acceptable: 100 };
    assert_eq!(Verification::new(&record).verdict.first, [vain]);
}

#[test]
fn a_question_without_an_answer_is_a_disagreement() {
    let record = usual(None);
    let verdict = Verification::new(&record).finish();
    assert_eq!(verdict.first, [Disagreement::NotAnswered { place: 0, code: UNANSWERED }]);
}
