//! What can be asked of the ledger.

use super::{Act, RESULTS_MAX};

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
        /// The account above it; 0: none.
        parent: u64,
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
    /// What else is done with an account: see [`Act`].
    Wallet {
        /// Whose.
        account: u64,
        /// What.
        act: Act,
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
    /// Give a draw's result, or confirm it.
    Settle {
        /// Which.
        book: u32,
        /// What names the bets that it was closed with.
        seal: [u8; 32],
        /// The winning numbers, in order.
        numbers: Vec<u16>,
    },
    /// Give a draw that is settled another result, or confirm that.
    Correct {
        /// Which.
        book: u32,
        /// What names the bets that it was closed with.
        seal: [u8; 32],
        /// The winning numbers, in order.
        numbers: Vec<u16>,
    },
    /// Say for which account a principal stands.
    SetPrincipal {
        /// Which.
        principal: u32,
        /// For this one and what is below it; 0: for all.
        account: u64,
    },
    /// Take no bets for a while.
    Suspend {
        /// Which draw.
        book: u32,
    },
    /// Take bets again.
    Resume {
        /// Which draw.
        book: u32,
    },
    /// Call a draw off and give the stakes back.
    Void {
        /// Which draw.
        book: u32,
    },
    /// Cancel a whole ticket as an operator.
    VoidTicket {
        /// Whose ticket.
        account: u64,
        /// The id that placed it.
        ticket: u128,
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

/// A game's table as its definition states it, right or wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Game {
    /// Symbols that a position can show.
    pub symbols: u8,
    /// Positions.
    pub length: u8,
    /// Winning numbers of a draw.
    pub results: u8,
    /// The prize tier of each winning number; nothing past them.
    pub tiers: [u8; RESULTS_MAX],
    /// 1: down, 2: up, 3: half up.
    pub rounding: u8,
    /// What each prize is a multiple of, minor units.
    pub rounding_unit: i64,
    /// A bet's prize above this is taxed, minor units.
    pub tax_over: i64,
    /// Millionths of the whole prize.
    pub tax_ppm: u32,
    /// Least stake of a line, minor units.
    pub stake_min: i64,
    /// Highest stake of a line, minor units.
    pub stake_max: i64,
    /// 1 to 16.
    pub plays: Vec<Play>,
}

/// A play as its definition states it, right or wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Play {
    /// What bets call it.
    pub code: u8,
    /// 1: the number itself; 2: any order of its symbols; 3: the named positions; 4: the number itself, or less in any
    /// other order; 5: the number itself, or less for its last symbols.
    pub matching: u8,
    /// The named positions, the first one in the lowest bit.
    pub positions: u8,
    /// Plays of one group share the limits on their stakes.
    pub group: u8,
    /// How many lines a bet buys: 0 is one, 255 as many as its number has orders.
    pub lines: u8,
    /// Nothing, when it is right.
    pub reserved: u8,
    /// Its prizes.
    pub cells: Vec<Cell>,
}

/// A prize: `numerator / denominator` times the stake, for a number of so many distinct orders, when a winning number
/// of this tier meets it at this level.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell {
    /// Distinct orders of the bet's number.
    pub orders: u16,
    /// Of the winning number; 1 is the top prize.
    pub tier: u8,
    /// How well the numbers agree; 1 is best.
    pub level: u8,
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
    /// Whether the result has to be given by two principals.
    pub confirmed: bool,
    /// Most payout if a number came.
    pub payout_limit: i64,
    /// Most stake on the whole draw.
    pub draw_stake_limit: i64,
    /// Most payout on any number, overrides or not.
    pub draw_payout_limit: i64,
    /// Most stake per number or class, by group.
    pub stake_limits: [i64; 8],
}

/// A limit of a draw.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Limit {
    /// Stake on every number of a play's group that has no override.
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
    /// Stake on the whole draw.
    DrawStake,
    /// Payout on any number of the draw.
    DrawPayout,
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
    /// Holds known, those that ended a while ago too, per partition.
    pub holds_max: u32,
    /// Accounts that ever had a rolling limit, per partition.
    pub limited_accounts_max: u32,
    /// References known, per partition.
    pub references_max: u32,
    /// After how long a raised rolling limit acts, ns.
    pub limit_raise_delay: u64,
    /// Rows that statements are read from, per partition.
    pub movements_max: u32,
    /// How long what has ended stays in memory at least, ns.
    pub retention: u64,
    /// Bets sealed per draw and tick.
    pub sealed_per_tick: u32,
    /// Accounts with a parent, in the whole ledger.
    pub tree_accounts_max: u32,
    /// Accounts that ever had a period of commission, in the whole ledger.
    pub commission_accounts_max: u32,
}

impl Command {
    /// Within what its id is unique.
    pub fn scope(&self) -> Scope {
        match &self.ask {
            // An operator asks: that it is about an account does not make it the account's.
            Ask::VoidTicket { .. } => Scope::Principal(self.actor),
            Ask::Wallet { act, .. } if !act.is_of_clients() => Scope::Principal(self.actor),
            ask => ask.account().map_or(Scope::Principal(self.actor), Scope::Account),
        }
    }
}

impl Ask {
    /// The account that it is about, where it is about one; an operator's command may be, too.
    pub fn account(&self) -> Option<u64> {
        match self {
            Ask::Place { account, .. }
            | Ask::Cancel { account, .. }
            | Ask::OpenAccount { account, .. }
            | Ask::Deposit { account, .. }
            | Ask::Withdraw { account, .. }
            | Ask::VoidTicket { account, .. }
            | Ask::Wallet { account, .. } => Some(*account),
            _ => None,
        }
    }
}

impl Play {
    /// A play of this matching with these prizes, in group 0, of one line.
    pub fn of(code: u8, matching: u8, cells: Vec<Cell>) -> Play {
        Play { code, matching, positions: 0, group: 0, lines: 0, reserved: 0, cells }
    }

    /// A play for the top prize alone, on the number itself (group 0) or on any order (group 1), with
    /// (orders, numerator, denominator) for each prize.
    pub fn new(code: u8, any_order: bool, prizes: &[(u16, u64, u32)]) -> Play {
        let cell = |&(orders, numerator, denominator): &(u16, u64, u32)| Cell {
            orders,
            tier: 1,
            level: 1,
            numerator,
            denominator,
        };
        let (matching, group) = if any_order { (2, 1) } else { (1, 0) };
        Play { group, ..Play::of(code, matching, prizes.iter().map(cell).collect()) }
    }
}

impl Game {
    /// A game of one winning number, whose prizes are rounded down to the minor unit and are not taxed.
    pub fn new(symbols: u8, length: u8, stakes: (i64, i64), plays: Vec<Play>) -> Game {
        let untiered = Game {
            symbols,
            length,
            results: 0,
            tiers: [0; RESULTS_MAX],
            rounding: 1,
            rounding_unit: 1,
            tax_over: 0,
            tax_ppm: 0,
            stake_min: stakes.0,
            stake_max: stakes.1,
            plays,
        };
        untiered.tiered(&[1])
    }

    /// The same game with winning numbers of these tiers.
    pub fn tiered(self, tiers: &[u8]) -> Game {
        let mut all = [0; RESULTS_MAX];
        all[..tiers.len()].copy_from_slice(tiers);
        Game { results: tiers.len() as u8, tiers: all, ..self }
    }

    /// PCSO 3D, stakes from 1.00 to 10,000.00: straight (1) pays 450 for 1; rambolito (2) pays 75 for a number of
    /// six orders and 150 for one of three; a triple has one order and cannot be played so.
    pub fn pcso_3d() -> Game {
        let plays = vec![Play::new(1, false, &[(1, 450, 1)]), Play::new(2, true, &[(3, 150, 1), (6, 75, 1)])];
        Game::new(10, 3, (1_00, 10_000_00), plays)
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
            holds_max: 1_000,
            limited_accounts_max: 1_000,
            references_max: 10_000,
            limit_raise_delay: super::DAY,
            movements_max: 65_536,
            retention: 2 * super::DAY,
            sealed_per_tick: 32_768,
            tree_accounts_max: 100_000,
            commission_accounts_max: 1_000,
        }
    }
}
