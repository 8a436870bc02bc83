//! What can be asked of the ledger.

/// A command: who names it how, and what it asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    /// A UUIDv7 as its number.
    pub id: u128,
    /// The principal. It scopes the ids of operators' commands and is no part of the content.
    pub actor: u32,
    /// What is asked; the content of the command.
    pub ask: Ask,
}

/// Within what an id is unique.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// Tickets, cancels, accounts and their money.
    Account(u64),
    /// Games, draws and limits.
    Principal(u32),
}

/// What a command asks. Money is in minor units, times are nanoseconds since the Unix epoch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ask {
    /// Place a ticket.
    Place {
        /// Who pays.
        account: u64,
        /// 1 to 64.
        bets: Vec<Bet>,
    },
    /// Cancel a whole ticket.
    Cancel {
        /// Whose ticket.
        account: u64,
        /// The id that placed it.
        ticket: u128,
    },
    /// Open an account.
    OpenAccount {
        /// Its number.
        account: u64,
        /// ISO 4217 number.
        currency: u16,
    },
    /// Bring money in.
    Deposit {
        /// Where to.
        account: u64,
        /// Minor units.
        amount: i64,
    },
    /// Take money out.
    Withdraw {
        /// Where from.
        account: u64,
        /// Minor units.
        amount: i64,
    },
    /// Define a version of a game.
    DefineGame {
        /// Its number.
        game: u64,
        /// From 1.
        version: u16,
        /// Its table.
        table: Game,
    },
    /// Create a draw.
    CreateDraw {
        /// The book's number.
        book: u32,
        /// What it is.
        draw: Draw,
    },
    /// Open a draw.
    OpenDraw {
        /// Which.
        book: u32,
    },
    /// Close a draw.
    CloseDraw {
        /// Which.
        book: u32,
    },
    /// Give a draw's result.
    Settle {
        /// Which.
        book: u32,
        /// The number drawn.
        number: u16,
    },
    /// Move a limit.
    SetLimit {
        /// Of which draw.
        book: u32,
        /// Which one.
        limit: Limit,
        /// Minor units; `None` takes an override back.
        value: Option<i64>,
    },
    /// Block or unblock a number.
    Block {
        /// Of which draw.
        book: u32,
        /// Which number.
        number: u16,
        /// Whether it is blocked from now on.
        blocked: bool,
    },
}

/// One bet of a ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bet {
    /// The draw.
    pub book: u32,
    /// The play's code.
    pub play: u8,
    /// The number.
    pub number: u16,
    /// Minor units.
    pub stake: i64,
}

/// A game's table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Game {
    /// Symbols that a position can show.
    pub symbols: u8,
    /// Positions.
    pub length: u8,
    /// Least stake, minor units.
    pub stake_min: i64,
    /// Highest stake, minor units.
    pub stake_max: i64,
    /// 1 to 8.
    pub plays: Vec<Play>,
}

/// A play as its definition states it, right or wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Play {
    /// What bets call it.
    pub code: u8,
    /// 1: the number itself; 2: any order of its symbols.
    pub matching: u8,
    /// Cells in use.
    pub used: u8,
    /// Nothing, when it is right.
    pub reserved: u8,
    /// All six cells.
    pub cells: [Cell; 6],
}

/// A prize: `numerator / denominator` times the stake for a number of so many distinct orders.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cell {
    /// Distinct orders of the number.
    pub orders: u32,
    /// Of the prize per unit of stake.
    pub numerator: u64,
    /// Of the prize per unit of stake.
    pub denominator: u32,
}

/// A draw as it is created.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draw {
    /// The game.
    pub game: u64,
    /// The game's version.
    pub version: u16,
    /// When it opens by itself; 0: never.
    pub opens_at: u64,
    /// When it closes by itself.
    pub closes_at: u64,
    /// When settlement is planned.
    pub settles_at: u64,
    /// ISO 4217 number.
    pub currency: u16,
    /// Whether clients may cancel.
    pub cancellable: bool,
    /// Most payout if a number came.
    pub payout_limit: i64,
    /// Most stake per number or class, by the place of the play.
    pub stake_limits: [i64; 8],
}

/// A limit of a draw.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Limit {
    /// Stake on every number of a play that has no override.
    Stake {
        /// The play's code.
        play: u8,
    },
    /// Stake on one number of a play, or on its class.
    StakeOn {
        /// The play's code.
        play: u8,
        /// The number.
        number: u16,
    },
    /// Payout on every number that has no override.
    Payout,
    /// Payout on one number.
    PayoutOn {
        /// The number.
        number: u16,
    },
}

/// What is fixed for the life of a ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parameters {
    /// How long ids are told from repetitions, ns.
    pub id_window: u64,
    /// How far an id's time may lie ahead of the tick's, ns.
    pub id_ahead: u64,
    /// Refused ids and marks remembered, per partition.
    pub refused_ids_max: u32,
    /// Winners paid per book and tick.
    pub payouts_per_tick: u32,
    /// Accounts, per partition.
    pub accounts_max: u32,
    /// Tickets, per partition.
    pub tickets_max: u32,
    /// Books, per partition.
    pub books_max: u32,
    /// A power of two, 1 to 256.
    pub partitions: u16,
}

impl Command {
    /// Within what its id is unique.
    pub fn scope(&self) -> Scope {
        self.ask.account().map_or(Scope::Principal(self.actor), Scope::Account)
    }
}

impl Ask {
    /// The account that owns it, where one does.
    pub fn account(&self) -> Option<u64> {
        match self {
            Ask::Place { account, .. }
            | Ask::Cancel { account, .. }
            | Ask::OpenAccount { account, .. }
            | Ask::Deposit { account, .. }
            | Ask::Withdraw { account, .. } => Some(*account),
            _ => None,
        }
    }
}

impl Play {
    /// A right play: code, any order or not, and (orders, numerator, denominator) for each prize.
    pub fn new(code: u8, any_order: bool, prizes: &[(u32, u64, u32)]) -> Play {
        let mut cells = [Cell::default(); 6];
        for (cell, &(orders, numerator, denominator)) in cells.iter_mut().zip(prizes) {
            *cell = Cell { orders, numerator, denominator };
        }
        Play { code, matching: if any_order { 2 } else { 1 }, used: prizes.len() as u8, reserved: 0, cells }
    }
}

impl Game {
    /// PCSO 3D, stakes from 1.00 to 10,000.00: straight (1) pays 450 for 1; rambolito (2) pays 75 for a number of
    /// six orders and 150 for one of three; a triple has one order and cannot be played so.
    pub fn pcso_3d() -> Game {
        let plays = vec![Play::new(1, false, &[(1, 450, 1)]), Play::new(2, true, &[(3, 150, 1), (6, 75, 1)])];
        Game { symbols: 10, length: 3, stake_min: 1_00, stake_max: 10_000_00, plays }
    }
}

impl Default for Parameters {
    /// A day's window, ten seconds' lead, and bounds that no test meets by accident.
    fn default() -> Parameters {
        Parameters {
            id_window: 86_400 * super::SECOND,
            id_ahead: 10 * super::SECOND,
            refused_ids_max: 10_000,
            payouts_per_tick: 256,
            accounts_max: 1_000,
            tickets_max: 100_000,
            books_max: 500,
            partitions: 16,
        }
    }
}
