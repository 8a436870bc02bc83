//! What the ledger answers.

/// What became of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// `None`: carried out.
    pub refused: Option<Refused>,
    /// The tick that decided it, the first time.
    pub tick: u64,
    /// The account's available balance after it, today's; 0 where there is no account.
    pub available: i64,
    /// Of an accepted ticket: the room left for each of its bets, today's.
    pub rooms: Vec<i64>,
    /// Whether the id had been seen before, with the same content.
    pub repeated: bool,
}

/// A refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Why.
    pub reason: Reason,
    /// The bet it concerns; `None`: the whole command.
    pub bet: Option<u8>,
    /// What would have been right; 0 where the reason names nothing.
    pub acceptable: i64,
}

/// Why a command is refused, in the order of the checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs, reason = "the names are the rules'")]
pub enum Reason {
    IdReused = 100,
    IdExpired = 200,
    IdAhead = 300,
    NotAuthorised = 350,
    AccountUnknown = 400,
    ParentUnknown = 410,
    ReceiverUnknown = 420,
    AccountSuspended = 430,
    AccountClosed = 435,
    ReceiverClosed = 440,
    AccountExcluded = 445,
    ExclusionShorter = 450,
    TransferSelf = 460,
    AccountNotEmpty = 470,
    ParentInvalid = 480,
    AccountExists = 500,
    GameUnknown = 600,
    GameExists = 700,
    GameInvalid = 800,
    Archived = 850,
    DrawUnknown = 900,
    DrawExists = 1000,
    DrawInvalid = 1100,
    DrawState = 1200,
    DrawSettling = 1230,
    SealPending = 1240,
    SealDiffers = 1245,
    ResultDiffers = 1250,
    ResultSame = 1255,
    DrawNotOpen = 1300,
    DrawSuspended = 1350,
    DrawClosed = 1400,
    TicketUnknown = 1500,
    TicketCancelled = 1600,
    ReferenceReused = 1650,
    ReferenceExpired = 1660,
    ReferenceAhead = 1670,
    ReferencesFull = 1680,
    CancelNotAllowed = 1700,
    HoldUnknown = 1705,
    HoldFinished = 1710,
    HoldExpired = 1720,
    HoldExceeded = 1730,
    CurrencyMismatch = 1800,
    PlayUnknown = 1900,
    ResultCount = 1950,
    NumberOutside = 2000,
    PlayNotAllowed = 2100,
    StakeNotWhole = 2150,
    StakeBelowMinimum = 2200,
    StakeAboveMaximum = 2300,
    NumberBlocked = 2400,
    StakeLimitReached = 2500,
    PayoutLimitReached = 2600,
    DrawStakeLimitReached = 2620,
    DrawPayoutLimitReached = 2640,
    DepositLimitReached = 2660,
    StakeLimitOfAccount = 2670,
    LossLimitReached = 2680,
    FundsShort = 2700,
    OwedLess = 2760,
    BalanceTooLarge = 2800,
    CapacityReached = 2900,
}

impl Reason {
    /// All of them, in order.
    pub const ALL: [Reason; 63] = [
        Reason::IdReused,
        Reason::IdExpired,
        Reason::IdAhead,
        Reason::NotAuthorised,
        Reason::AccountUnknown,
        Reason::ParentUnknown,
        Reason::ReceiverUnknown,
        Reason::AccountSuspended,
        Reason::AccountClosed,
        Reason::ReceiverClosed,
        Reason::AccountExcluded,
        Reason::ExclusionShorter,
        Reason::TransferSelf,
        Reason::AccountNotEmpty,
        Reason::ParentInvalid,
        Reason::AccountExists,
        Reason::GameUnknown,
        Reason::GameExists,
        Reason::GameInvalid,
        Reason::Archived,
        Reason::DrawUnknown,
        Reason::DrawExists,
        Reason::DrawInvalid,
        Reason::DrawState,
        Reason::DrawSettling,
        Reason::SealPending,
        Reason::SealDiffers,
        Reason::ResultDiffers,
        Reason::ResultSame,
        Reason::DrawNotOpen,
        Reason::DrawSuspended,
        Reason::DrawClosed,
        Reason::TicketUnknown,
        Reason::TicketCancelled,
        Reason::ReferenceReused,
        Reason::ReferenceExpired,
        Reason::ReferenceAhead,
        Reason::ReferencesFull,
        Reason::CancelNotAllowed,
        Reason::HoldUnknown,
        Reason::HoldFinished,
        Reason::HoldExpired,
        Reason::HoldExceeded,
        Reason::CurrencyMismatch,
        Reason::PlayUnknown,
        Reason::ResultCount,
        Reason::NumberOutside,
        Reason::PlayNotAllowed,
        Reason::StakeNotWhole,
        Reason::StakeBelowMinimum,
        Reason::StakeAboveMaximum,
        Reason::NumberBlocked,
        Reason::StakeLimitReached,
        Reason::PayoutLimitReached,
        Reason::DrawStakeLimitReached,
        Reason::DrawPayoutLimitReached,
        Reason::DepositLimitReached,
        Reason::StakeLimitOfAccount,
        Reason::LossLimitReached,
        Reason::FundsShort,
        Reason::OwedLess,
        Reason::BalanceTooLarge,
        Reason::CapacityReached,
    ];

    /// A refusal of the whole command.
    pub fn whole(self, acceptable: i128) -> Refused {
        Refused { reason: self, bet: None, acceptable: narrow(acceptable) }
    }

    /// A refusal for one bet.
    pub fn at(self, bet: usize, acceptable: i128) -> Refused {
        Refused { reason: self, bet: Some(bet as u8), acceptable: narrow(acceptable) }
    }
}

/// The model reckons wide; what it answers fits 64 bits.
pub(super) fn narrow(amount: i128) -> i64 {
    i64::try_from(amount).expect("an amount in an answer fits 64 bits")
}
