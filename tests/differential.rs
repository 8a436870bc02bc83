//! Engine and model on the same streams: every reply, and every balance, ticket, draw, room and sum.
//!
//! `TOTE_SEEDS=1000..2000 cargo test -p tests --release --test differential` runs other seeds than the usual ones.
//! A seed that once showed a difference is kept in `seeds/differential.txt` and always run; since a stream changes with
//! the code that makes it, what it showed also becomes a scenario.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use tests::model::{Act, Ask, Book, Command, DrawSeen, EventKind, Moved, Reason, Reply, State};
use tests::pair::Pair;
use tests::traffic::{Random, Traffic};

const TICKS: u32 = 260;
const TICKS_BETWEEN_VIEWS: u32 = 20;

/// How often each kind of command had each outcome.
type Heard = BTreeMap<(&'static str, String), u64>;

#[test]
fn engine_and_model_agree_on_every_reply_and_every_view() {
    let mut heard = Heard::new();
    for seed in seeds() {
        let run = catch_unwind(AssertUnwindSafe(|| run(seed, &mut heard)));
        assert!(run.is_ok(), "seed {seed} shows a difference; what it is stands above");
    }
    for ((kind, outcome), times) in &heard {
        println!("{kind:<12} {outcome:<28} {times:>8}");
    }
    let mut never = Vec::new();
    for reason in Reason::ALL {
        let times = |((_, outcome), times): (&(&str, String), &u64)| {
            if outcome.trim_start_matches("again ") == format!("{reason:?}") { *times } else { 0 }
        };
        let times: u64 = heard.iter().map(times).sum();
        println!("{reason:<25} {times:>8}", reason = format!("{reason:?}"));
        never.extend((times == 0).then_some(reason));
    }
    let unseen: Vec<_> = seen().filter(|seen| !heard.contains_key(&("seen", seen.clone()))).collect();
    let missing: Vec<_> =
        reachable().filter(|(kind, outcome)| !heard.contains_key(&(kind, outcome.to_string()))).collect();
    assert!(
        never.is_empty() && unseen.is_empty() && missing.is_empty(),
        "what no stream reached: reasons {never:?}, outcomes {missing:?}, sights {unseen:?}"
    );
}

/// Every outcome of each kind of command, beside what all have: the three of the id, and `NotAuthorised` by a principal that
/// stands for an account.
const OUTCOMES: &[(&str, &str)] = &[
    (
        "place",
        "accepted AccountUnknown Archived DrawUnknown DrawNotOpen DrawSuspended DrawClosed TicketCancelled CurrencyMismatch \
         PlayUnknown NumberOutside PlayNotAllowed StakeNotWhole StakeBelowMinimum StakeAboveMaximum NumberBlocked \
         StakeLimitReached PayoutLimitReached DrawStakeLimitReached DrawPayoutLimitReached FundsShort \
         CapacityReached AccountSuspended AccountClosed AccountExcluded StakeLimitOfAccount LossLimitReached",
    ),
    (
        "cancel",
        "accepted AccountUnknown Archived DrawSettling DrawClosed TicketUnknown TicketCancelled CancelNotAllowed",
    ),
    ("account", "accepted ParentUnknown ParentInvalid AccountExists CurrencyMismatch CapacityReached"),
    ("deposit", "accepted AccountUnknown BalanceTooLarge AccountClosed AccountExcluded DepositLimitReached"),
    ("withdraw", "accepted AccountUnknown FundsShort AccountSuspended AccountClosed"),
    (
        "deposit by",
        "accepted AccountUnknown BalanceTooLarge AccountClosed AccountExcluded DepositLimitReached \
         ReferenceReused ReferenceExpired ReferenceAhead ReferencesFull",
    ),
    (
        "withdraw by",
        "accepted AccountUnknown FundsShort AccountSuspended AccountClosed ReferenceReused ReferenceExpired \
         ReferenceAhead ReferencesFull",
    ),
    (
        "transfer",
        "accepted AccountUnknown ReceiverUnknown AccountSuspended AccountClosed ReceiverClosed TransferSelf \
         CurrencyMismatch FundsShort BalanceTooLarge",
    ),
    ("hold", "accepted AccountUnknown AccountSuspended AccountClosed HoldExpired FundsShort CapacityReached"),
    ("post", "accepted AccountUnknown HoldUnknown HoldFinished HoldExpired HoldExceeded"),
    ("void hold", "accepted AccountUnknown HoldUnknown HoldFinished HoldExpired"),
    ("status", "accepted AccountUnknown AccountClosed AccountNotEmpty"),
    ("credit", "accepted AccountUnknown AccountClosed"),
    ("exclude", "accepted AccountUnknown AccountClosed ExclusionShorter"),
    ("cap", "accepted AccountUnknown AccountClosed CapacityReached"),
    ("claim", "accepted AccountUnknown AccountClosed"),
    ("write off", "accepted AccountUnknown OwedLess"),
    ("game", "accepted GameExists GameInvalid"),
    ("draw", "accepted GameUnknown DrawExists DrawInvalid CapacityReached"),
    ("open", "accepted Archived DrawUnknown DrawState"),
    ("close", "accepted Archived DrawUnknown DrawState"),
    (
        "settle",
        "accepted Archived DrawUnknown DrawState SealPending SealDiffers ResultDiffers ResultCount NumberOutside CapacityReached",
    ),
    (
        "correct",
        "accepted Archived DrawUnknown DrawState DrawSettling SealDiffers ResultDiffers ResultSame ResultCount NumberOutside \
         CapacityReached",
    ),
    (
        "parent",
        "accepted AccountUnknown ParentUnknown AccountClosed ParentInvalid CurrencyMismatch CapacityReached",
    ),
    ("commission", "accepted AccountUnknown AccountClosed CapacityReached"),
    ("principal", "accepted AccountUnknown"),
    ("suspend", "accepted Archived DrawUnknown DrawState"),
    ("resume", "accepted Archived DrawUnknown DrawState"),
    ("void", "accepted Archived DrawUnknown DrawState DrawSettling"),
    ("void ticket", "accepted AccountUnknown Archived DrawState DrawSettling TicketUnknown TicketCancelled"),
    ("limit", "accepted Archived DrawUnknown DrawState PlayUnknown NumberOutside PlayNotAllowed"),
    ("block", "accepted Archived DrawUnknown DrawState NumberOutside"),
];

fn reachable() -> impl Iterator<Item = (&'static str, &'static str)> {
    let all = |outcomes: &'static str| outcomes.split_whitespace().chain(["NotAuthorised"]);
    OUTCOMES.iter().flat_map(move |(kind, outcomes)| all(outcomes).map(|outcome| (*kind, outcome)))
}

fn run(seed: u64, heard: &mut Heard) {
    let mut traffic = Traffic::new(seed);
    let mut pair = Pair::new(traffic.rules());
    let mut numbers = Random::new(!seed);
    let mut seen = Seen::default();
    for tick in 0..TICKS {
        let (time, commands) = traffic.tick(&pair.model);
        let replies = pair.tick(time, &commands);
        for (command, reply) in commands.iter().zip(&replies) {
            *heard.entry((kind(command), outcome(reply))).or_default() += 1;
            if reply.refused.is_none() && !reply.repeated && pair.model.stands_for(command.actor).is_some() {
                let what = format!("{} by one who stands for an account", kind(command));
                *heard.entry(("seen", what)).or_default() += 1;
            }
        }
        pair.compare_sums();
        watch(&pair, &mut seen, heard);
        pair.compare_rooms(numbers.below(30) as u16);
        if tick % TICKS_BETWEEN_VIEWS == 0 {
            pair.compare_all();
        }
    }
    pair.compare_all();
    for number in 0..1_001 {
        if number < 20 || numbers.one_in(20) {
            pair.compare_rooms(number);
        }
    }
}

/// What no reply tells and every run has to show.
const SEEN: &[&str] = &[
    "settling, no winner is paid",
    "settling, some winners are paid",
    "voiding, nothing is refunded",
    "voiding, something is refunded",
    "void",
    "suspended",
    "a result that waits for a second principal",
    "a bet that wins on two winning numbers",
    "tax",
    "rounding kept back",
    "rounding added",
    "a statement that goes on behind its page",
    "a statement that lacks a row",
    "a statement that lacks a ticket",
    "a draw that ended before its day has left",
    "a draw that ended on its day has left",
    "a draw that ended after its day has left",
    "a draw with tickets of a later day has left",
    "a draw that has outlived tickets",
    "a draw that is past and waits for others",
    "an account with tickets of three days",
    "sealed, some bets are",
    "a bet that was taken back after the close",
    "commission, some is posted",
    "commission, some is taken back",
    "void, and all commission is taken back",
    "correcting, nothing is visited",
    "correcting, some is visited",
    "escrow below zero",
    "corrected",
    "corrected again and again",
    "another result that waits for a second principal",
    "settled, and commission is still posted",
    "owed after a correction",
    "place by one who stands for an account",
    "cancel by one who stands for an account",
    "transfer by one who stands for an account",
    "hold by one who stands for an account",
    "void hold by one who stands for an account",
    "account by one who stands for an account",
    "status by one who stands for an account",
    "exclude by one who stands for an account",
    "cap by one who stands for an account",
];

/// Everything that is seen: what is listed, every kind of event and of line, but for those of what is not there yet.
fn seen() -> impl Iterator<Item = String> {
    let events = EventKind::ALL.into_iter().map(|kind| format!("event {kind:?}"));
    let kinds = events.chain(Moved::ALL.into_iter().map(|kind| format!("line {kind:?}")));
    SEEN.iter().map(|seen| (*seen).to_owned()).chain(kinds)
}

/// What a run has seen before the tick at hand.
#[derive(Default)]
struct Seen {
    /// What rounding had kept back.
    rounding: i64,
    /// The days of draws that have ended: the planned one, the last one of a ticket, the one on which they ended.
    days: BTreeMap<u64, (u64, u64, u64)>,
}

/// Counts what no reply tells, and what has changed since the tick before.
fn watch(pair: &Pair, seen: &mut Seen, heard: &mut Heard) {
    let mut saw = |what: &str| *heard.entry(("seen", what.to_owned())).or_default() += 1;
    for event in pair.model.events() {
        saw(&format!("event {:?}", event.kind));
        if event.kind == EventKind::Archived {
            let (day, last, ended) = seen.days[&event.owner];
            match ended.cmp(&day) {
                Ordering::Less => saw("a draw that ended before its day has left"),
                Ordering::Equal => saw("a draw that ended on its day has left"),
                Ordering::Greater => saw("a draw that ended after its day has left"),
            }
            if last > day {
                saw("a draw with tickets of a later day has left");
            }
        }
    }
    watch_accounts(pair, &mut saw);
    for (book, row) in pair.model.books() {
        let view = || pair.model.draw(book).expect("the draw is there");
        match row.state {
            State::Settling if view().winners_paid == 0 => saw("settling, no winner is paid"),
            State::Settling => saw("settling, some winners are paid"),
            State::Voiding if row.has_refunded() => saw("voiding, something is refunded"),
            State::Voiding => saw("voiding, nothing is refunded"),
            State::Void => saw("void"),
            State::Suspended => saw("suspended"),
            State::Closed if row.kept.is_some() => saw("a result that waits for a second principal"),
            State::Correcting if view().winners_paid == 0 => saw("correcting, nothing is visited"),
            State::Correcting => saw("correcting, some is visited"),
            State::Settled if view().ended_at == 0 => saw("settled, and commission is still posted"),
            _ => {}
        }
        if let Some(ended) = row.day_of_end() {
            seen.days.insert(book.into(), (*row.span().start(), *row.span().end(), ended));
        }
        if pair.model.outlives_tickets(book) {
            saw("a draw that has outlived tickets");
        }
        if pair.model.is_held_back(book) {
            saw("a draw that is past and waits for others");
        }
        watch_sealed(row, &view, &mut saw);
        if pair.model.owes_after_a_correction(row) {
            saw("owed after a correction");
        }
        if row.state == State::Settling && row.has_double_winner() {
            saw("a bet that wins on two winning numbers");
        }
    }
    let audit = pair.model.audit(608);
    if audit.tax > 0 {
        saw("tax");
    }
    match audit.rounding.cmp(&std::mem::replace(&mut seen.rounding, audit.rounding)) {
        Ordering::Greater => saw("rounding kept back"),
        Ordering::Less => saw("rounding added"),
        Ordering::Equal => {}
    }
}

fn watch_accounts(pair: &Pair, saw: &mut impl FnMut(&str)) {
    for account in pair.model.accounts() {
        let statement = pair.model.statement(account).expect("the account is there");
        statement.lines.iter().for_each(|line| saw(&format!("line {:?}", line.kind)));
        match pair.model.statement_lacks(account) {
            _ if !statement.more => {}
            _ if statement.lines.len() == 100 => saw("a statement that goes on behind its page"),
            Some(true) => saw("a statement that lacks a row"),
            _ => saw("a statement that lacks a ticket"),
        }
        if pair.model.days_of_account(account) > 2 {
            saw("an account with tickets of three days");
        }
    }
}

/// What follows from the seal of a draw, and from its corrections.
fn watch_sealed(row: &Book, seen: &impl Fn() -> DrawSeen, saw: &mut impl FnMut(&str)) {
    let has_reversed = row.has_reversed();
    let told = [
        (row.is_half_sealed(), "sealed, some bets are"),
        (row.has_lost_a_sealed_bet(), "a bet that was taken back after the close"),
        (row.is_half_posted(), "commission, some is posted"),
        (has_reversed && row.state == State::Voiding, "commission, some is taken back"),
        (has_reversed && row.state == State::Void, "void, and all commission is taken back"),
        (row.state == State::Correcting && seen().escrow < 0, "escrow below zero"),
        (row.state == State::Settled && row.corrections > 0, "corrected"),
        (row.corrections > 2, "corrected again and again"),
        (row.proposed.is_some(), "another result that waits for a second principal"),
    ];
    told.into_iter().filter(|(is_so, _)| *is_so).for_each(|(_, what)| saw(what));
}

/// The seeds kept, and 105 more or those asked for.
fn seeds() -> Vec<u64> {
    let kept = include_str!("seeds/differential.txt").lines().filter_map(|line| line.split('#').next());
    let kept = kept.filter(|seed| !seed.trim().is_empty()).map(|seed| seed.trim().parse().expect("a seed"));
    let asked = std::env::var("TOTE_SEEDS").ok();
    let (from, to) = asked.as_deref().and_then(|range| range.split_once("..")).unwrap_or(("0", "105"));
    kept.chain(from.parse().expect("a seed")..to.parse().expect("a seed")).collect()
}

fn kind(command: &Command) -> &'static str {
    match &command.ask {
        Ask::Wallet { act, .. } => kind_of_act(act),
        Ask::Place { .. } => "place",
        Ask::Cancel { .. } => "cancel",
        Ask::OpenAccount { .. } => "account",
        Ask::Deposit { .. } => "deposit",
        Ask::Withdraw { .. } => "withdraw",
        Ask::DefineGame { .. } => "game",
        Ask::CreateDraw { .. } => "draw",
        Ask::OpenDraw { .. } => "open",
        Ask::CloseDraw { .. } => "close",
        Ask::Settle { .. } => "settle",
        Ask::Correct { .. } => "correct",
        Ask::SetPrincipal { .. } => "principal",
        Ask::Suspend { .. } => "suspend",
        Ask::Resume { .. } => "resume",
        Ask::Void { .. } => "void",
        Ask::VoidTicket { .. } => "void ticket",
        Ask::SetLimit { .. } => "limit",
        Ask::Block { .. } => "block",
    }
}

fn kind_of_act(act: &Act) -> &'static str {
    match act {
        Act::DepositBy { .. } => "deposit by",
        Act::WithdrawBy { .. } => "withdraw by",
        Act::Transfer { .. } => "transfer",
        Act::PlaceHold { .. } => "hold",
        Act::PostHold { .. } => "post",
        Act::VoidHold { .. } => "void hold",
        Act::SetStatus { .. } => "status",
        Act::SetCredit { .. } => "credit",
        Act::Exclude { .. } => "exclude",
        Act::SetLimit { .. } => "cap",
        Act::Claim { .. } => "claim",
        Act::WriteOff { .. } => "write off",
        Act::SetParent { .. } => "parent",
        Act::SetCommission(_) => "commission",
    }
}

fn outcome(reply: &Reply) -> String {
    let several = if reply.rooms.len() > 1 { " several" } else { "" };
    let again = if reply.repeated { "again " } else { "" };
    let outcome = reply.refused.map_or("accepted".to_owned(), |refused| format!("{:?}", refused.reason));
    format!("{again}{outcome}{several}")
}
