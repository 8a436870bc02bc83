//! Engine and model on the same streams: every reply, and every balance, ticket, draw, room and sum.
//!
//! `TOTE_SEEDS=1000..2000 cargo test -p tests --release --test differential` runs other seeds than the usual ones.
//! A seed that once showed a difference is kept in `seeds/differential.txt` and always run; since a stream changes with
//! the code that makes it, what it showed also becomes a scenario.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use tests::model::{Ask, Command, Reason, Reply, State};
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
    for reason in Reason::ALL {
        let times = |((_, outcome), times): (&(&str, String), &u64)| {
            if outcome.trim_start_matches("again ") == format!("{reason:?}") { *times } else { 0 }
        };
        let times: u64 = heard.iter().map(times).sum();
        println!("{reason:<25} {times:>8}", reason = format!("{reason:?}"));
        assert!(times > 0, "no stream reached {reason:?}");
    }
    for of in ["no winner is paid", "some winners are paid"] {
        assert!(heard.contains_key(&("settling", of.to_owned())), "no draw was seen settling: {of}");
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
            "accepted AccountUnknown DrawUnknown DrawNotOpen DrawClosed TicketCancelled CurrencyMismatch PlayUnknown \
             NumberOutside PlayNotAllowed StakeBelowMinimum StakeAboveMaximum NumberBlocked StakeLimitReached \
             PayoutLimitReached FundsShort CapacityReached",
        ),
        ("cancel", "accepted AccountUnknown DrawClosed TicketUnknown TicketCancelled CancelNotAllowed"),
        ("account", "accepted AccountExists CapacityReached"),
        ("deposit", "accepted AccountUnknown BalanceTooLarge"),
        ("withdraw", "accepted AccountUnknown FundsShort"),
        ("game", "accepted GameExists GameInvalid"),
        ("draw", "accepted GameUnknown DrawExists DrawInvalid CapacityReached"),
        ("open", "accepted DrawUnknown DrawState"),
        ("close", "accepted DrawUnknown DrawState"),
        ("settle", "accepted DrawUnknown DrawState NumberOutside"),
        ("limit", "accepted DrawUnknown DrawState PlayUnknown NumberOutside PlayNotAllowed"),
        ("block", "accepted DrawUnknown DrawState NumberOutside"),
    ];
    OUTCOMES.iter().flat_map(|(kind, outcomes)| outcomes.split_whitespace().map(|outcome| (*kind, outcome)))
}

fn run(seed: u64, heard: &mut Heard) {
    let mut traffic = Traffic::new(seed);
    let mut pair = Pair::new(traffic.rules());
    let mut numbers = Random::new(!seed);
    for tick in 0..TICKS {
        let (time, commands) = traffic.tick(&pair.model);
        let replies = pair.tick(time, &commands);
        for (command, reply) in commands.iter().zip(&replies) {
            *heard.entry((kind(command), outcome(reply))).or_default() += 1;
        }
        watch(&pair, heard);
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

/// Counts what no reply tells: draws seen while their winners are being paid.
fn watch(pair: &Pair, heard: &mut Heard) {
    for (book, row) in pair.model.books().filter(|(_, row)| row.state == State::Settling) {
        let seen = pair.model.draw(book).expect("the draw is there");
        let of = if seen.winners_paid == 0 { "no winner is paid" } else { "some winners are paid" };
        *heard.entry(("settling", of.to_owned())).or_default() += 1;
        if row.payout_on(seen.result) < i128::from(seen.paid) {
            panic!("draw {book} paid more than its winners are owed");
        }
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
    match command.ask {
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
        Ask::SetLimit { .. } => "limit",
        Ask::Block { .. } => "block",
    }
}

fn outcome(reply: &Reply) -> String {
    let several = if reply.rooms.len() > 1 { " several" } else { "" };
    let again = if reply.repeated { "again " } else { "" };
    let outcome = reply.refused.map_or("accepted".to_owned(), |refused| format!("{:?}", refused.reason));
    format!("{again}{outcome}{several}")
}
