//! The words of what a scenario hears.
//!
//! ```text
//! done                                   an operator's command, or an account's opening
//! done 10.00                             money moved, a ticket cancelled: the balance after it
//! accepted 90.00 room 40.00 wide         a ticket: the balance after it, and the room left for each bet (`wide`: more than any bet)
//! StakeLimitReached 40.00                a refusal and what would be right; `of bet 1` in a ticket of several
//! again ...                              the id had been seen before
//! ```

use crate::model::{
    AMOUNT_MAX, Ask, AuditSeen, BetState, Command, DrawSeen, Reason, Refused, Reply, RoomSeen, State,
    TicketSeen,
};

pub(super) fn is_refusal(heard: &str) -> bool {
    heard.trim_start_matches("again ").starts_with(|first: char| first.is_ascii_uppercase())
}

pub(super) fn reply(command: &Command, reply: &Reply) -> String {
    let again = if reply.repeated { "again " } else { "" };
    let heard = match (&reply.refused, &command.ask) {
        (Some(refused), ask) => refusal(refused, ask),
        (None, Ask::Place { .. }) => {
            let rooms: Vec<String> = reply.rooms.iter().map(|room| room_left(*room)).collect();
            format!("accepted {} room {}", money(reply.available), rooms.join(" "))
        }
        (None, Ask::Deposit { .. } | Ask::Withdraw { .. } | Ask::Cancel { .. }) => {
            format!("done {}", money(reply.available))
        }
        (None, _) => "done".to_owned(),
    };
    format!("{again}{heard}")
}

fn refusal(refused: &Refused, ask: &Ask) -> String {
    use Reason::*;
    let right = match refused.reason {
        StakeBelowMinimum | StakeAboveMaximum | StakeLimitReached | PayoutLimitReached | FundsShort
        | BalanceTooLarge => format!(" {}", money(refused.acceptable)),
        IdExpired | IdAhead | DrawClosed => format!(" {}", super::second(refused.acceptable)),
        DrawNotOpen if refused.acceptable != 0 => format!(" {}", super::second(refused.acceptable)),
        DrawState => format!(" {}", state_of(refused.acceptable)),
        GameInvalid | CurrencyMismatch | PlayUnknown | NumberOutside | CapacityReached => {
            format!(" {}", refused.acceptable)
        }
        _ => {
            assert_eq!(refused.acceptable, 0, "{:?} names nothing that would be right", refused.reason);
            String::new()
        }
    };
    let several =
        matches!(ask, Ask::Place { bets, .. } if bets.len() > 1) || matches!(ask, Ask::Cancel { .. });
    let bet = match refused.bet {
        Some(bet) if several => format!(" of bet {bet}"),
        _ => String::new(),
    };
    format!("{}{right}{bet}", reason(refused.reason))
}

pub(super) fn reason(reason: Reason) -> String {
    format!("{reason:?}")
}

/// A room that no single bet could fill is `wide`.
fn room_left(minor: i64) -> String {
    if minor > AMOUNT_MAX { "wide".to_owned() } else { money(minor) }
}

pub(super) fn money(minor: i64) -> String {
    let sign = if minor < 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", minor.unsigned_abs() / 100, minor.unsigned_abs() % 100)
}

fn state(state: State) -> &'static str {
    match state {
        State::Draft => "draft",
        State::Open => "open",
        State::Closed => "closed",
        State::Settling => "settling",
        State::Settled => "settled",
    }
}

fn state_of(number: i64) -> &'static str {
    let all = [State::Draft, State::Open, State::Closed, State::Settling, State::Settled];
    state(all.into_iter().find(|state| *state as i64 == number).expect("a draw's state"))
}

pub(super) fn ticket(seen: &TicketSeen) -> String {
    let bets = seen.bets.iter().map(|bet| match bet.state {
        BetState::Open => "open".to_owned(),
        BetState::Cancelled => "cancelled".to_owned(),
        BetState::Lost => "lost".to_owned(),
        BetState::Won => format!("won {}", money(bet.payout)),
        BetState::Paid => format!("paid {}", money(bet.payout)),
    });
    bets.collect::<Vec<_>>().join(", ")
}

pub(super) fn draw(seen: &DrawSeen) -> String {
    let sums = format!("bets {} stake {} escrow {}", seen.bets, money(seen.stake), money(seen.escrow));
    if seen.state < State::Settling {
        return format!("{} {sums}", state(seen.state));
    }
    let winners = format!("paid {} to {} of {}", money(seen.paid), seen.winners_paid, seen.winners);
    format!("{} {sums} {winners}", state(seen.state))
}

pub(super) fn room(seen: &RoomSeen) -> String {
    format!("{} taken {} pays {}", room_left(seen.room), money(seen.stake), money(seen.payout))
}

pub(super) fn audit(seen: &AuditSeen) -> String {
    let [cash_in, out, accounts, escrow, house] =
        [seen.cash_in, seen.cash_out, seen.accounts, seen.escrow, seen.house].map(money);
    format!("in {cash_in} out {out} accounts {accounts} escrow {escrow} house {house}")
}
