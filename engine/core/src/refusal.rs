//! Why a command is not carried out: numbered, in the order in which the checks run.
//!
//! Numbers are durable. They are never reused, and go in steps of 100 so that a later check fits between two.
//! Codes below 100 are [`Malformed`]: the edge answers with them and the command never reaches the log.

/// Code of a command that was carried out.
pub const ACCEPTED: u16 = 0;

/// What is wrong with the bytes of a command. Found at the edge, before the log.
///
/// Beside each variant stands what the `acceptable` field of the answer holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u16)]
pub enum Malformed {
    /// The length field does not fit the kind, the count, or the bytes that are there. Acceptable: the right length.
    Length = 1,
    /// No such kind of command. Acceptable: the highest kind of this lane.
    KindUnknown = 2,
    /// The kind belongs to the other lane (bets or operators). Acceptable: the number of the right lane.
    LaneWrong = 3,
    /// A reserved field, or one that the edge stamps, is not zero. Acceptable: 0.
    ReservedNotZero = 4,
    /// The id is not a UUIDv7 (RFC 9562). Acceptable: 7.
    IdNotV7 = 5,
    /// A ticket of no bets or too many, or a game of no plays or too many. Acceptable: the most.
    CountOutside = 6,
    /// An account, book or game numbered zero, or a book above 2^32 - 1. Acceptable: 1.
    OwnerOutside = 7,
    /// A stake or an amount of zero or below. Acceptable: 1.
    AmountNotPositive = 8,
    /// A stake or an amount above what the layout allows. Acceptable: the most.
    AmountTooLarge = 9,
    /// A field holds a value that its kind does not define. Acceptable: the highest defined value.
    FieldOutside = 10,
}

/// Why a well-formed command was refused by the state it met.
///
/// Beside each variant stands what the `acceptable` field of the answer holds; where nothing is said, zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u16)]
pub enum Refusal {
    /// The id was used before, with other content. Nothing was done.
    IdReused = 100,
    /// The id's time lies at or below the floor: it can no longer be told from a repetition. Acceptable: the
    /// first millisecond, since the Unix epoch, that is.
    IdExpired = 200,
    /// The id's time lies too far ahead of the tick's. Acceptable: the last millisecond that is not.
    IdAhead = 300,
    /// No such account.
    AccountUnknown = 400,
    /// The account is open already.
    AccountExists = 500,
    /// No such game, or not this version.
    GameUnknown = 600,
    /// The game's version is defined already; versions are immutable.
    GameExists = 700,
    /// The game's table contradicts itself or its bounds. Acceptable: the place of the first wrong play.
    GameInvalid = 800,
    /// No such draw.
    DrawUnknown = 900,
    /// The draw exists already.
    DrawExists = 1000,
    /// The draw's times are not in order: open, close (after the tick's time), settle.
    DrawInvalid = 1100,
    /// The draw's state does not allow the command. Acceptable: the state it is in.
    DrawState = 1200,
    /// The draw does not take bets yet. Acceptable: when it opens, in milliseconds since the Unix epoch, or 0.
    DrawNotOpen = 1300,
    /// The draw's cut-off has passed. Acceptable: when it closed, in milliseconds since the Unix epoch.
    DrawClosed = 1400,
    /// No ticket of this account has this id, and none can come any more.
    TicketUnknown = 1500,
    /// The ticket was cancelled, before or after it came.
    TicketCancelled = 1600,
    /// The draw's tickets cannot be cancelled by their client.
    CancelNotAllowed = 1700,
    /// The draw is held in another currency than the account. Acceptable: the draw's, as ISO 4217 number.
    CurrencyMismatch = 1800,
    /// The draw's game has no such play. Acceptable: the highest play code it has.
    PlayUnknown = 1900,
    /// The number lies outside the game. Acceptable: the highest number.
    NumberOutside = 2000,
    /// The play cannot be made on this number (a triple in any order).
    PlayNotAllowed = 2100,
    /// Acceptable: the least stake.
    StakeBelowMinimum = 2200,
    /// Acceptable: the highest stake.
    StakeAboveMaximum = 2300,
    /// The number, or one that this play would win on, is blocked.
    NumberBlocked = 2400,
    /// The stake on this play and number would pass its limit. Acceptable: the room left.
    StakeLimitReached = 2500,
    /// The payout if this number came would pass its limit. Acceptable: the room left.
    PayoutLimitReached = 2600,
    /// The account's available balance does not cover it. Acceptable: what is available to debit.
    FundsShort = 2700,
    /// The balance would pass the most that an account can hold. Acceptable: the most that can be added.
    BalanceTooLarge = 2800,
    /// A table of the ledger is at its configured bound. Acceptable: the bound.
    CapacityReached = 2900,
    /// The ledger has begun already, or has not begun yet.
    GenesisMisplaced = 3000,
}

impl Refusal {
    /// Every refusal, in the order of the checks.
    pub const ALL: [Refusal; 30] = [
        Refusal::IdReused,
        Refusal::IdExpired,
        Refusal::IdAhead,
        Refusal::AccountUnknown,
        Refusal::AccountExists,
        Refusal::GameUnknown,
        Refusal::GameExists,
        Refusal::GameInvalid,
        Refusal::DrawUnknown,
        Refusal::DrawExists,
        Refusal::DrawInvalid,
        Refusal::DrawState,
        Refusal::DrawNotOpen,
        Refusal::DrawClosed,
        Refusal::TicketUnknown,
        Refusal::TicketCancelled,
        Refusal::CancelNotAllowed,
        Refusal::CurrencyMismatch,
        Refusal::PlayUnknown,
        Refusal::NumberOutside,
        Refusal::PlayNotAllowed,
        Refusal::StakeBelowMinimum,
        Refusal::StakeAboveMaximum,
        Refusal::NumberBlocked,
        Refusal::StakeLimitReached,
        Refusal::PayoutLimitReached,
        Refusal::FundsShort,
        Refusal::BalanceTooLarge,
        Refusal::CapacityReached,
        Refusal::GenesisMisplaced,
    ];

    /// The refusal of this number, if there is one.
    pub fn from_code(code: u16) -> Option<Refusal> {
        Self::ALL.into_iter().find(|refusal| *refusal as u16 == code)
    }
}

impl Malformed {
    /// Every fault of form, in order.
    pub const ALL: [Malformed; 10] = [
        Malformed::Length,
        Malformed::KindUnknown,
        Malformed::LaneWrong,
        Malformed::ReservedNotZero,
        Malformed::IdNotV7,
        Malformed::CountOutside,
        Malformed::OwnerOutside,
        Malformed::AmountNotPositive,
        Malformed::AmountTooLarge,
        Malformed::FieldOutside,
    ];

    /// The fault of this number, if there is one.
    pub fn from_code(code: u16) -> Option<Malformed> {
        Self::ALL.into_iter().find(|fault| *fault as u16 == code)
    }
}
