//! Results that are corrected, judged by what every bet wins under the table of the game.

use engine::command::{LimitOf, LimitWindow};
use engine::query::{BetState, DrawState, Query, QueryKind, SealState, WinnerLine};
use zerocopy::FromBytes;

use crate::rig::{ANY_ORDER, Answer, DEPOSIT, DONE, Ledger, MS, Placed, START, STRAIGHT, TAX_OVER, UNIT};

const DRAW_STATE: u16 = 1200;
const DRAW_SETTLING: u16 = 1230;
const SEAL_DIFFERS: u16 = 1245;
const RESULT_DIFFERS: u16 = 1250;
const RESULT_SAME: u16 = 1255;
const RESULT_COUNT: u16 = 1950;
const NUMBER_OUTSIDE: u16 = 2000;
const CAPACITY_REACHED: u16 = 2900;
const LOSS_LIMIT_REACHED: u16 = 2680;
const FAR: u64 = START + 3_600_000 * MS;

/// Prize, what rounding took, and tax of a bet under a result.
fn won(bet: &Placed, result: [u16; 2]) -> (i64, i64, i64) {
    let sorted = |number: u16| {
        let mut digits = [number / 100, number / 10 % 10, number % 10];
        digits.sort_unstable();
        digits
    };
    let of = |(place, drawn): (usize, u16)| match bet.play {
        STRAIGHT if bet.number == drawn => bet.stake * [450, 10][place],
        ANY_ORDER if place == 0 && sorted(bet.number) == sorted(drawn) => {
            let digits = sorted(drawn);
            let is_pair = digits[0] == digits[1] || digits[1] == digits[2];
            if is_pair { bet.stake * 151 } else { bet.stake * 151 / 2 }
        }
        _ => 0,
    };
    let exact: [i64; 2] = [of((0, result[0])), of((1, result[1]))];
    let prize: i64 = exact.iter().map(|exact| exact / UNIT * UNIT).sum();
    let tax = if prize > TAX_OVER { prize / 5 } else { 0 };
    (prize, exact.iter().sum::<i64>() - prize, tax)
}

fn correct(ledger: &mut Ledger, numbers: [u16; 2]) -> Answer {
    let seal = ledger.seal(9);
    ledger.ask(|commands, id| commands.draw_correct(id, 9, seal, &numbers))
}

/// Closes draw 9, settles it and pays all winners.
fn settle(ledger: &mut Ledger, numbers: [u16; 2]) {
    assert_eq!(ledger.ask(|commands, id| commands.draw_close(id, 9)), DONE);
    while ledger.draw(9).0.seal_state != SealState::Sealed as u8 {
        ledger.pass();
    }
    let seal = ledger.seal(9);
    assert_eq!(ledger.ask(|commands, id| commands.draw_settle(id, 9, seal, &numbers)), DONE);
    finish(ledger);
}

/// Lets ticks pass until the draw is settled; returns how many it took.
fn finish(ledger: &mut Ledger) -> u32 {
    for ticks in 0..10_000 {
        if ledger.draw(9).0.state == DrawState::Settled as u8 {
            return ticks;
        }
        ledger.pass();
    }
    panic!("the draw is never settled");
}

fn balance(ledger: &Ledger, account: u64) -> (i64, i64) {
    let view = ledger.account(account);
    (view.available.get(), view.owed.get())
}

fn state(ledger: &Ledger, bet: &Placed) -> (u8, i64) {
    let view = ledger.bets(bet.account, bet.ticket)[usize::from(bet.place)];
    (view.state, view.payout.get())
}

#[test]
fn the_wrong_winner_pays_back_or_owes_and_the_right_one_is_paid() {
    let mut ledger = Ledger::new(3, 1, 256);
    ledger.open_draw(9, FAR, false);
    let bet = |account, number| (account, vec![(STRAIGHT, number, 100)]);
    let placed = ledger.place(9, &[bet(1, 123), bet(2, 456), bet(3, 123)]);
    settle(&mut ledger, [123, 789]);
    let net = 45_000 - 9_000;
    assert_eq!(balance(&ledger, 1), (DEPOSIT - 100 + net, 0));
    // Account 3 spends what it has.
    let all = DEPOSIT - 100 + net;
    assert_eq!(ledger.ask(|commands, id| commands.withdraw(id, 3, all - 10)), DONE);
    let settled = ledger.draw(9).0;
    assert_eq!((settled.paid.get(), settled.escrow.get()), (90_000, 0));
    assert_ne!(settled.ended_at.get(), 0);
    assert_eq!(correct(&mut ledger, [456, 789]), DONE);
    let (view, numbers) = ledger.draw(9);
    assert_eq!((view.state, view.corrections, view.ended_at.get()), (DrawState::Correcting as u8, 1, 0));
    assert_eq!(numbers, [456, 789]);
    assert_eq!((view.escrow.get(), view.paid.get(), view.stake.get()), (45_000 - 90_000, 90_000, 300));
    assert_eq!((view.winners.get(), view.winners_paid.get(), view.seal), (1, 0, settled.seal));
    ledger.audit();
    // From this tick on the states of bets follow from the new result.
    assert_eq!(state(&ledger, &placed[0]), (BetState::Lost as u8, 0));
    assert_eq!(state(&ledger, &placed[1]), (BetState::Won as u8, 45_000));
    assert_eq!(balance(&ledger, 1), (all, 0), "the first visit is made in the next tick");
    ledger.pass();
    assert_eq!(balance(&ledger, 1), (DEPOSIT - 100, 0));
    assert_eq!(ledger.draw(9).0.escrow.get(), 0);
    assert_eq!(state(&ledger, &placed[1]), (BetState::Won as u8, 45_000));
    ledger.pass();
    assert_eq!(balance(&ledger, 2), (DEPOSIT - 100 + net, 0));
    assert_eq!(state(&ledger, &placed[1]), (BetState::Paid as u8, 45_000));
    ledger.pass();
    assert_eq!(balance(&ledger, 3), (0, net - 10), "what is not there is owed");
    let view = ledger.draw(9).0;
    assert_eq!((view.state, view.ended_at.get()), (DrawState::Settled as u8, ledger.engine.time()));
    assert_eq!((view.paid.get(), view.escrow.get(), view.winners_paid.get()), (45_000, 0, 1));
    assert_eq!(ledger.engine.next_due(), None);
    let audit = ledger.audit();
    assert_eq!((audit.tax.get(), audit.house.get()), (9_000, 300 - 45_000));
    // And back again: what account 3 owes is repaid first.
    assert_eq!(correct(&mut ledger, [123, 789]), DONE);
    assert_eq!(finish(&mut ledger), 3);
    assert_eq!([1, 2, 3].map(|account| balance(&ledger, account)), [(all, 0), (DEPOSIT - 100, 0), (10, 0)]);
    assert_eq!(state(&ledger, &placed[0]), (BetState::Paid as u8, 45_000));
    ledger.audit();
}

#[test]
fn a_correction_is_checked_in_order() {
    let mut ledger = Ledger::new(1, 1, 256);
    ledger.open_draw(9, FAR, false);
    let placed =
        ledger.place(9, &[(1, vec![(STRAIGHT, 123, 100), (STRAIGHT, 321, 100), (STRAIGHT, 123, 100)])]);
    let ask = |ledger: &mut Ledger, seal: [u8; 32], numbers: &[u16]| {
        ledger.ask(|commands, id| commands.draw_correct(id, 9, seal, numbers))
    };
    assert_eq!(ask(&mut ledger, [0; 32], &[1, 2]), (DRAW_STATE, DrawState::Open as i64));
    assert_eq!(ledger.ask(|commands, id| commands.draw_correct(id, 8, [0; 32], &[1, 2])), (900, 0));
    ledger.ask(|commands, id| commands.draw_close(id, 9));
    let seal = ledger.seal(9);
    assert_eq!(ask(&mut ledger, seal, &[1, 2]), (DRAW_STATE, DrawState::Closed as i64));
    assert_eq!(ledger.ask(|commands, id| commands.draw_settle(id, 9, seal, &[123, 5])), DONE);
    let settling = (DRAW_SETTLING, DrawState::Settling as i64);
    busy(&mut ledger, &placed[0], settling);
    finish(&mut ledger);
    assert_eq!(ask(&mut ledger, [0; 32], &[123]), (SEAL_DIFFERS, 0));
    assert_eq!(ask(&mut ledger, seal, &[123, 5]), (RESULT_SAME, 0));
    assert_eq!(ask(&mut ledger, seal, &[123]), (RESULT_COUNT, 2));
    assert_eq!(ask(&mut ledger, seal, &[5, 1_000]), (NUMBER_OUTSIDE, 999));
    let void = ledger.ask(|commands, id| commands.draw_void(id, 9));
    assert_eq!(void, (DRAW_STATE, DrawState::Settled as i64), "what is settled is not under way");
    assert_eq!(ask(&mut ledger, seal, &[5, 123]), DONE, "the same numbers in another order");
    let correcting = (DRAW_SETTLING, DrawState::Correcting as i64);
    busy(&mut ledger, &placed[0], correcting);
    let again = ask(&mut ledger, seal, &[5, 123]);
    assert_eq!(again, (RESULT_SAME, 0), "the last visit was made before the command");
    finish(&mut ledger);
    ledger.audit();
}

/// Asks all that a draw under way answers in the same words, one tick each but for the first two, which share one.
fn busy(ledger: &mut Ledger, bet: &Placed, right: Answer) {
    let seal = ledger.seal(9);
    let answers = ledger.tick(|ledger, commands| {
        commands.draw_void(ledger.id(), 9);
        commands.draw_correct(ledger.id(), 9, seal, &[7, 8]);
        commands.ticket_void(ledger.id(), bet.account, bet.ticket);
        commands.ticket_cancel(ledger.id(), bet.account, bet.ticket);
    });
    assert_eq!(answers, [right; 4]);
}

#[test]
fn a_correction_of_two_principals_is_carried_out_by_the_second() {
    let mut ledger = Ledger::new(1, 16, 256);
    ledger.open_draw(9, FAR, true);
    ledger.place(9, &[(1, vec![(STRAIGHT, 123, 100)])]);
    ledger.ask(|commands, id| commands.draw_close(id, 9));
    let seal = ledger.seal(9);
    let settle = |ledger: &mut Ledger, actor, numbers: [u16; 2]| {
        ledger.ask_by(actor, |commands, id| commands.draw_settle(id, 9, seal, &numbers))
    };
    assert_eq!([1, 2].map(|actor| settle(&mut ledger, actor, [123, 1])), [DONE; 2]);
    finish(&mut ledger);
    let correct = |ledger: &mut Ledger, actor, numbers: [u16; 2]| {
        ledger.ask_by(actor, |commands, id| commands.draw_correct(id, 9, seal, &numbers))
    };
    assert_eq!(correct(&mut ledger, 1, [123, 1]), (RESULT_SAME, 0));
    assert_eq!(correct(&mut ledger, 1, [4, 5]), DONE);
    let (view, numbers) = ledger.draw(9);
    assert_eq!((view.state, view.corrections, numbers), (DrawState::Settled as u8, 0, vec![123, 1]));
    assert_eq!(correct(&mut ledger, 2, [5, 4]), (RESULT_DIFFERS, 0));
    assert_eq!(
        correct(&mut ledger, 2, [123, 1]),
        (RESULT_DIFFERS, 0),
        "before it is seen that this one holds"
    );
    assert_eq!(correct(&mut ledger, 1, [6, 7]), DONE, "the first may think again");
    assert_eq!(correct(&mut ledger, 2, [6, 7]), DONE);
    let (view, numbers) = ledger.draw(9);
    assert_eq!((view.state, view.corrections, numbers), (DrawState::Correcting as u8, 1, vec![6, 7]));
    finish(&mut ledger);
    assert_eq!(balance(&ledger, 1), (DEPOSIT - 100, 0));
    // What was proposed for this correction is none for the next.
    assert_eq!(correct(&mut ledger, 2, [123, 1]), DONE);
    assert_eq!(ledger.draw(9).0.corrections, 1);
    assert_eq!(correct(&mut ledger, 1, [123, 1]), DONE);
    assert_eq!(ledger.draw(9).0.corrections, 2);
    ledger.audit();
}

#[test]
fn a_draw_with_nothing_to_visit_is_settled_at_once_and_corrected_at_most_255_times() {
    let mut ledger = Ledger::new(1, 16, 256);
    ledger.open_draw(9, FAR, false);
    ledger.place(9, &[(1, vec![(STRAIGHT, 999, 100)])]);
    settle(&mut ledger, [0, 1]);
    for round in 1..=255u16 {
        assert_eq!(correct(&mut ledger, [round % 2, 2]), DONE);
        let view = ledger.draw(9).0;
        assert_eq!((view.state, view.corrections), (DrawState::Settled as u8, round as u8));
        assert_eq!(view.ended_at.get(), ledger.engine.time());
    }
    assert_eq!(correct(&mut ledger, [0, 2]), (CAPACITY_REACHED, 255));
    assert_eq!(ledger.engine.next_due(), None);
    ledger.audit();
}

#[test]
fn a_bet_that_was_taken_back_counts_as_one_visited() {
    let mut ledger = Ledger::new(1, 1, 256);
    ledger.open_draw(9, FAR, false);
    let placed = ledger.place(9, &[(1, vec![(STRAIGHT, 123, 100)]), (1, vec![(STRAIGHT, 456, 100)])]);
    ledger.ask(|commands, id| commands.ticket_cancel(id, 1, placed[0].ticket));
    assert_eq!(ledger.ask(|commands, id| commands.draw_close(id, 9)), DONE);
    assert_eq!(ledger.ask(|commands, id| commands.ticket_void(id, 1, placed[1].ticket)), DONE);
    let view = ledger.draw(9).0;
    assert_eq!((view.sealed_bets.get(), view.bets.get()), (1, 0));
    let seal = view.seal;
    assert_eq!(ledger.ask(|commands, id| commands.draw_settle(id, 9, seal, &[123, 5])), DONE);
    assert_eq!(ledger.draw(9).0.state, DrawState::Settled as u8, "no bet that stands wins");
    assert_eq!(correct(&mut ledger, [456, 5]), DONE);
    assert_eq!(finish(&mut ledger), 2, "one tick each for what lies in the cells");
    assert_eq!(balance(&ledger, 1), (DEPOSIT, 0));
    for bet in &placed {
        assert_eq!(state(&ledger, bet), (BetState::Cancelled as u8, 0));
    }
    ledger.audit();
}

#[test]
fn what_is_taken_back_counts_as_lost_again() {
    let mut ledger = Ledger::new(1, 16, 256);
    ledger.ask(|commands, id| commands.account_limit(id, 1, LimitOf::NetLoss, LimitWindow::Day, 1_000));
    ledger.open_draw(9, FAR, false);
    ledger.place(9, &[(1, vec![(STRAIGHT, 123, 100)])]);
    let room = |ledger: &mut Ledger| {
        let bet = engine::command::Bet::new(8, STRAIGHT, 5, 10_000_00);
        let id = ledger.id();
        ledger.tick(|_, commands| commands.ticket_place(id, 1, &[bet]))[0]
    };
    ledger.open_draw(8, FAR, false);
    assert_eq!(room(&mut ledger), (LOSS_LIMIT_REACHED, 900));
    settle(&mut ledger, [123, 5]);
    let net = 45_000 - 9_000;
    assert_eq!(room(&mut ledger), (LOSS_LIMIT_REACHED, 900 + net));
    assert_eq!(correct(&mut ledger, [5, 6]), DONE);
    finish(&mut ledger);
    assert_eq!(room(&mut ledger), (LOSS_LIMIT_REACHED, 900));
}

#[test]
fn whatever_is_corrected_everybody_has_what_the_last_result_says() {
    let (accounts, mut seed) = (9, 7u64);
    let mut random = |below: u64| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) % below
    };
    // Few numbers, so that results meet many bets.
    let numbers = [123, 321, 132, 112, 211, 5, 50, 777];
    let mut ledger = Ledger::new(accounts, 5, 256);
    ledger.open_draw(9, FAR, false);
    let mut placed = Vec::new();
    for _ in 0..8 {
        let mut tickets = Vec::new();
        for _ in 0..30 {
            let mut bets = Vec::new();
            for _ in 0..=random(3) {
                let play = if random(3) == 0 { ANY_ORDER } else { STRAIGHT };
                let number = numbers[random(if play == ANY_ORDER { 5 } else { 8 }) as usize];
                bets.push((play, number, 1 + random(300) as i64));
            }
            tickets.push((1 + random(accounts), bets));
        }
        placed.extend(ledger.place(9, &tickets));
        let gone = placed[random(placed.len() as u64) as usize];
        ledger.ask(|commands, id| commands.ticket_cancel(id, gone.account, gone.ticket));
        placed.retain(|bet| bet.ticket != gone.ticket);
    }
    let stakes: i64 = placed.iter().map(|bet| bet.stake).sum();
    let mut result = [123, 5];
    settle(&mut ledger, result);
    let mut withdrawn = vec![0; accounts as usize + 1];
    for round in 0..40 {
        sound(&mut ledger, &placed, result, stakes, &withdrawn);
        // Some spend what they won.
        let spender = 1 + random(accounts);
        let available = balance(&ledger, spender).0;
        if available > 0 && random(2) == 0 {
            assert_eq!(ledger.ask(|commands, id| commands.withdraw(id, spender, available)), DONE);
            withdrawn[spender as usize] += available;
        }
        let next = [numbers[random(8) as usize], numbers[random(8) as usize]];
        if next == result {
            continue;
        }
        assert_eq!(correct(&mut ledger, next), DONE, "round {round}");
        result = next;
        if random(3) == 0 {
            ledger.pass();
            under_way(&mut ledger, &placed, result);
        }
        finish(&mut ledger);
    }
    assert!(ledger.draw(9).0.corrections > 25);
    assert!((1..=accounts).any(|account| balance(&ledger, account).1 > 0), "somebody owes");
}

/// Holds a settled draw, its bets, its winners and all money to a result.
fn sound(ledger: &mut Ledger, placed: &[Placed], result: [u16; 2], stakes: i64, withdrawn: &[i64]) {
    let mut expected: Vec<i64> = withdrawn.iter().map(|withdrawn| DEPOSIT - withdrawn).collect();
    let (mut paid, mut winners, mut residues, mut taxes) = (0, 0, 0, 0);
    for bet in placed {
        let (prize, residue, tax) = won(bet, result);
        expected[bet.account as usize] += prize - tax - bet.stake;
        (paid, residues, taxes) = (paid + prize, residues + residue, taxes + tax);
        winners += u64::from(prize > 0);
        let right = if prize > 0 { (BetState::Paid as u8, prize) } else { (BetState::Lost as u8, 0) };
        assert_eq!(state(ledger, bet), right, "{bet:?}");
    }
    for account in 1..expected.len() as u64 {
        let (available, owed) = balance(ledger, account);
        assert_eq!(available - owed, expected[account as usize], "account {account}");
        assert!(owed == 0 || available == 0);
    }
    let view = ledger.draw(9).0;
    assert_eq!((view.paid.get(), view.escrow.get(), view.stake.get()), (paid, 0, stakes));
    assert_eq!((view.winners.get(), view.winners_paid.get()), (winners, winners));
    let audit = ledger.audit();
    assert_eq!((audit.tax.get(), audit.rounding.get()), (taxes, residues));
    assert_eq!(audit.house.get(), stakes - paid - residues);
}

/// Holds a draw whose correction is under way to its new result.
fn under_way(ledger: &mut Ledger, placed: &[Placed], result: [u16; 2]) {
    let (mut winners, mut visited) = (0, 0);
    for bet in placed {
        let (prize, _, _) = won(bet, result);
        let (state, payout) = state(ledger, bet);
        assert_eq!(payout, prize, "{bet:?}");
        winners += u64::from(prize > 0);
        visited += u64::from(state == BetState::Paid as u8);
        let right = if prize > 0 { [BetState::Won, BetState::Paid] } else { [BetState::Lost; 2] };
        assert!(right.iter().any(|right| *right as u8 == state), "{bet:?}");
    }
    let view = ledger.draw(9).0;
    assert_eq!((view.winners.get(), view.winners_paid.get()), (winners, visited));
    let page = ledger.read(Query::of(QueryKind::Winners, 9));
    let lines = <[WinnerLine]>::ref_from_bytes(&page[24..]).expect("winners");
    assert_eq!(lines.len(), winners.min(100) as usize);
    if winners <= 100 {
        assert_eq!(lines.iter().filter(|line| line.paid == 1).count() as u64, visited);
    }
    ledger.audit();
}
