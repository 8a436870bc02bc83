//! Engine and model on the same streams: every reply, and every balance, ticket, draw, room and sum.
//!
//! `TOTE_SEEDS=1000..2000 cargo test -p tests --release --test differential` runs other seeds than the usual ones.
//! A seed that once showed a difference is kept in `seeds/differential.txt` and always run; since a stream changes with
//! the code that makes it, what it showed also becomes a scenario.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use tests::model::{Act, Ask, Command, Reason, Reply, State};
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
    for reason in Reason::ALL.into_iter().filter(|reason| *reason != Reason::Archived) {
        let times = |((_, outcome), times): (&(&str, String), &u64)| {
            if outcome.trim_start_matches("again ") == format!("{reason:?}") { *times } else { 0 }
        };
        let times: u64 = heard.iter().map(times).sum();
        println!("{reason:<25} {times:>8}", reason = format!("{reason:?}"));
        assert!(times > 0, "no stream reached {reason:?}");
    }
    for seen in SEEN {
        assert!(heard.contains_key(&("seen", (*seen).to_owned())), "no stream showed this: {seen}");
    }
    let missing: Vec<(&str, &str)> =
        reachable().filter(|(kind, outcome)| !heard.contains_key(&(kind, outcome.to_string()))).collect();
    assert_eq!(missing, [], "every outcome that a kind of command can have was reached");
}

/// Every outcome of each kind of command, beside the three of its id, which all have.
fn reachable() -> impl Iterator<Item = (&'static str, &'static str)> {
    const OUTCOMES: &[(&str, &str)] = &[
        (
            "place",
            "accepted AccountUnknown DrawUnknown DrawNotOpen DrawSuspended DrawClosed TicketCancelled CurrencyMismatch \
             PlayUnknown NumberOutside PlayNotAllowed StakeNotWhole StakeBelowMinimum StakeAboveMaximum NumberBlocked \
             StakeLimitReached PayoutLimitReached DrawStakeLimitReached DrawPayoutLimitReached FundsShort \
             CapacityReached AccountSuspended AccountClosed AccountExcluded StakeLimitOfAccount LossLimitReached",
        ),
        ("cancel", "accepted AccountUnknown DrawClosed TicketUnknown TicketCancelled CancelNotAllowed"),
        ("account", "accepted AccountExists CapacityReached"),
        (
            "deposit",
            "accepted AccountUnknown BalanceTooLarge AccountClosed AccountExcluded DepositLimitReached",
        ),
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
        (
            "hold",
            "accepted AccountUnknown AccountSuspended AccountClosed HoldExpired FundsShort CapacityReached",
        ),
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
        ("open", "accepted DrawUnknown DrawState"),
        ("close", "accepted DrawUnknown DrawState"),
        ("settle", "accepted DrawUnknown DrawState ResultDiffers ResultCount NumberOutside CapacityReached"),
        ("suspend", "accepted DrawUnknown DrawState"),
        ("resume", "accepted DrawUnknown DrawState"),
        ("void", "accepted DrawUnknown DrawState"),
        ("void ticket", "accepted AccountUnknown DrawState TicketUnknown TicketCancelled"),
        ("limit", "accepted DrawUnknown DrawState PlayUnknown NumberOutside PlayNotAllowed"),
        ("block", "accepted DrawUnknown DrawState NumberOutside"),
    ];
    OUTCOMES.iter().flat_map(|(kind, outcomes)| outcomes.split_whitespace().map(|outcome| (*kind, outcome)))
}

fn run(seed: u64, heard: &mut Heard) {
    let mut traffic = Traffic::new(seed);
    let mut pair = Pair::new(traffic.rules());
    let mut numbers = Random::new(!seed);
    let mut rounding = 0;
    for tick in 0..TICKS {
        let (time, commands) = traffic.tick(&pair.model);
        let replies = pair.tick(time, &commands);
        for (command, reply) in commands.iter().zip(&replies) {
            *heard.entry((kind(command), outcome(reply))).or_default() += 1;
        }
        watch(&pair, &mut rounding, heard);
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
];

/// Counts what no reply tells; what rounding had kept back before is told from what it has now.
fn watch(pair: &Pair, rounding: &mut i64, heard: &mut Heard) {
    let mut saw = |what: &str| *heard.entry(("seen", what.to_owned())).or_default() += 1;
    for (book, row) in pair.model.books() {
        let seen = || pair.model.draw(book).expect("the draw is there");
        match row.state {
            State::Settling if seen().winners_paid == 0 => saw("settling, no winner is paid"),
            State::Settling => saw("settling, some winners are paid"),
            State::Voiding if row.has_refunded() => saw("voiding, something is refunded"),
            State::Voiding => saw("voiding, nothing is refunded"),
            State::Void => saw("void"),
            State::Suspended => saw("suspended"),
            State::Closed if row.kept.is_some() => saw("a result that waits for a second principal"),
            _ => {}
        }
        if row.state == State::Settling && row.has_double_winner() {
            saw("a bet that wins on two winning numbers");
        }
    }
    let audit = pair.model.audit(608);
    if audit.tax > 0 {
        saw("tax");
    }
    match audit.rounding.cmp(&std::mem::replace(rounding, audit.rounding)) {
        Ordering::Greater => saw("rounding kept back"),
        Ordering::Less => saw("rounding added"),
        Ordering::Equal => {}
    }
}

/// The seeds kept, and 60 more or those asked for.
fn seeds() -> Vec<u64> {
    let kept = include_str!("seeds/differential.txt").lines().filter_map(|line| line.split('#').next());
    let kept = kept.filter(|seed| !seed.trim().is_empty()).map(|seed| seed.trim().parse().expect("a seed"));
    let asked = std::env::var("TOTE_SEEDS").ok();
    let (from, to) = asked.as_deref().and_then(|range| range.split_once("..")).unwrap_or(("0", "60"));
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
    }
}

fn outcome(reply: &Reply) -> String {
    let several = if reply.rooms.len() > 1 { " several" } else { "" };
    let again = if reply.repeated { "again " } else { "" };
    let outcome = reply.refused.map_or("accepted".to_owned(), |refused| format!("{:?}", refused.reason));
    format!("{again}{outcome}{several}")
}
