//! The words of what a scenario hears.
//!
//! ```text
//! done                                   an operator's command, or an account's opening
//! done 10.00                             anything done with an account's money, a ticket cancelled: the balance after it
//! accepted 90.00 room 40.00 wide         a ticket: the balance after it, and the room left for each bet (`wide`: more than any bet)
//! StakeLimitReached 40.00                a refusal and what would be right; `of bet 1` in a ticket of several
//! again ...                              the id had been seen before
//! ```

use crate::model::{
    AMOUNT_MAX, AccountSeen, Ask, AuditSeen, BetState, Command, DrawSeen, HoldSeen, HoldState, MS, Reason,
    Refused, Reply, RoomSeen, State, Status, TicketSeen,
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
        (
            None,
            Ask::Deposit { .. }
            | Ask::Withdraw { .. }
            | Ask::Cancel { .. }
            | Ask::VoidTicket { .. }
            | Ask::Wallet { .. },
        ) => {
            format!("done {}", money(reply.available))
        }
        (None, _) => "done".to_owned(),
    };
    format!("{again}{heard}")
}

fn refusal(refused: &Refused, ask: &Ask) -> String {
    use Reason::*;
    let right = match refused.reason {
        StakeNotWhole
        | StakeBelowMinimum
        | StakeAboveMaximum
        | StakeLimitReached
        | PayoutLimitReached
        | DrawStakeLimitReached
        | DrawPayoutLimitReached
        | FundsShort
        | BalanceTooLarge
        | DepositLimitReached
        | StakeLimitOfAccount
        | LossLimitReached
        | OwedLess
        | HoldExceeded
        | AccountNotEmpty => format!(" {}", money(refused.acceptable)),
        IdExpired | IdAhead | DrawClosed | AccountExcluded | ExclusionShorter | ReferenceExpired
        | ReferenceAhead | HoldExpired => format!(" {}", super::second(refused.acceptable)),
        DrawNotOpen if refused.acceptable != 0 => format!(" {}", super::second(refused.acceptable)),
        DrawState | DrawSettling => format!(" {}", state_of(refused.acceptable)),
        NotAuthorised => format!(" A{}", refused.acceptable),
        PlayNotAllowed if refused.acceptable != 0 => format!(" {}", refused.acceptable),
        GameInvalid | CurrencyMismatch | PlayUnknown | ResultCount | NumberOutside | CapacityReached
        | ReferencesFull | ParentInvalid | SealPending => {
            format!(" {}", refused.acceptable)
        }
        _ => {
            assert_eq!(refused.acceptable, 0, "{:?} names nothing that would be right", refused.reason);
            String::new()
        }
    };
    let several = matches!(ask, Ask::Place { bets, .. } if bets.len() > 1)
        || matches!(ask, Ask::Cancel { .. } | Ask::VoidTicket { .. });
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

pub(super) fn state(state: State) -> &'static str {
    match state {
        State::Draft => "draft",
        State::Open => "open",
        State::Closed => "closed",
        State::Settling => "settling",
        State::Settled => "settled",
        State::Suspended => "suspended",
        State::Voiding => "voiding",
        State::Void => "void",
        State::Correcting => "correcting",
    }
}

fn state_of(number: i64) -> &'static str {
    state(State::ALL.into_iter().find(|state| *state as i64 == number).expect("a draw's state"))
}

/// What there is, and what is not as it is with every new account.
pub(super) fn wallet(seen: &AccountSeen) -> String {
    let mut said = money(seen.available);
    for (word, amount) in [("held", seen.held), ("owed", seen.owed), ("credit", seen.credit_limit)] {
        if amount != 0 {
            said += &format!(" {word} {}", money(amount));
        }
    }
    if seen.holds != 0 {
        said += &format!(" in {}", seen.holds);
    }
    if seen.excluded_until != 0 {
        said += &format!(" excluded until {}", super::second((seen.excluded_until / MS) as i64));
    }
    if seen.parent != 0 {
        said += &format!(" below A{}", seen.parent);
    }
    match seen.status {
        Status::Active => {}
        Status::Suspended => said += " suspended",
        Status::Closed => said += " closed",
    }
    said
}

pub(super) fn hold(seen: &HoldSeen) -> String {
    let until = || super::second((seen.expires_at / MS) as i64);
    match seen.state {
        HoldState::Held => format!("{} until {}", money(seen.amount), until()),
        HoldState::Posted => format!("posted {} of {}", money(seen.posted), money(seen.amount)),
        HoldState::Voided => format!("voided {}", money(seen.amount)),
        HoldState::Expired => format!("expired {} at {}", money(seen.amount), until()),
    }
}

pub(super) fn ticket(seen: &TicketSeen) -> String {
    let bets = seen.bets.iter().map(|bet| match bet.state {
        BetState::Open => "open".to_owned(),
        BetState::Cancelled => "cancelled".to_owned(),
        BetState::Lost => "lost".to_owned(),
        BetState::Won => format!("won {}", money(bet.payout)),
        BetState::Paid => format!("paid {}", money(bet.payout)),
        BetState::Refunded => format!("refunded {}", money(bet.payout)),
    });
    bets.collect::<Vec<_>>().join(", ")
}

pub(super) fn draw(seen: &DrawSeen) -> String {
    let sums = format!("bets {} stake {} escrow {}", seen.bets, money(seen.stake), money(seen.escrow));
    if !matches!(seen.state, State::Settling | State::Settled | State::Correcting) {
        return format!("{} {sums}", state(seen.state));
    }
    let winners = format!("paid {} to {} of {}", money(seen.paid), seen.winners_paid, seen.winners);
    format!("{} {sums} {winners}", state(seen.state))
}

/// What it was closed with.
pub(super) fn sealed(seen: &DrawSeen) -> String {
    let state = ["no", "under way", "sealed"][usize::from(seen.seal_state)];
    let (stake, worst) = (money(seen.sealed_stake), money(seen.worst_payout));
    assert_eq!(seen.seal != [0; 32], seen.seal_state == 2, "a seal is told once it is made");
    format!("{state} bets {} stake {stake} worst {worst}", seen.sealed_bets)
}

/// When nothing was left to do, and how often the result was corrected.
pub(super) fn ended(seen: &DrawSeen) -> String {
    let ended = match seen.ended_at {
        0 => "no".to_owned(),
        at => format!("at {}", super::second((at / MS) as i64)),
    };
    let times = seen.corrections;
    if times == 0 { ended } else { format!("{ended} corrected {times}") }
}

/// The winning numbers, as numbers: their digits are the game's affair.
pub(super) fn drawn(seen: &DrawSeen) -> String {
    let numbers: Vec<String> = seen.results.iter().map(u16::to_string).collect();
    if numbers.is_empty() { "nothing".to_owned() } else { numbers.join(" ") }
}

pub(super) fn room(seen: &RoomSeen) -> String {
    format!("{} taken {} pays {}", room_left(seen.room), money(seen.stake), money(seen.payout))
}

/// What the draw would pay if the number came.
pub(super) fn pays(seen: &RoomSeen) -> String {
    money(seen.payout)
}

pub(super) fn audit(seen: &AuditSeen) -> String {
    let [cash_in, out, accounts, escrow, house] =
        [seen.cash_in, seen.cash_out, seen.accounts, seen.escrow, seen.house].map(money);
    let named = |name, minor| if minor == 0 { String::new() } else { format!(" {name} {}", money(minor)) };
    let owed = named("owed", seen.owed);
    let kept = named("tax", seen.tax) + &named("rounding", seen.rounding);
    let kept = kept + &named("commission", seen.commission);
    format!("in {cash_in} out {out} accounts {accounts}{owed} escrow {escrow} house {house}{kept}")
}
