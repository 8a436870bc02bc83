//! Seeded streams of mixed commands that go looking for trouble.
//!
//! A stream looks at the model before each tick, as a hostile client who sees everything would: it stakes exactly
//! the room that is left, or one more; cuts ticks at cut-offs and a nanosecond before; repeats, reuses and ages ids;
//! cancels what it has just placed and what it is about to place; moves limits under the bets. The same seed gives
//! the same stream as long as this code and the model stay as they are.
//!
//! Seven profiles take turns by seed: an everyday ledger, one whose every table is almost full, one account at the
//! highest balance, stakes so high that sums reach the highest that a limit can be, draws of so many bets that they are
//! sealed over several ticks, and two whose ticks go through days rather than minutes, so that draws come and go: a roomy
//! one, and one in which only what leaves makes room again.

use crate::bridge;
use crate::model::{AMOUNT_MAX, Act, Ask, Command, HOUR, MS, Model, Parameters, SECOND};
use crate::pair::START;
use agents::{AGENTS, SCOPED};

mod agents;
mod bets;
mod days;
mod money;
mod operators;
mod random;
mod tables;

pub use random::Random;

/// What kind of ledger a stream runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// Sixteen partitions, roomy tables.
    Everyday,
    /// One partition, and hardly any room in its tables and in the ring of refused ids.
    Cramped,
    /// One account at the highest balance.
    Rich,
    /// The highest stakes on the highest prizes.
    High,
    /// Ticks hours apart.
    Days,
    /// Ticks hours apart, one partition, and hardly any room for draws, tickets and movements.
    FullDays,
    /// Few draws, and long tickets.
    Crowded,
}

/// A stream.
pub struct Traffic {
    /// What kind of ledger it runs on.
    pub profile: Profile,
    random: Random,
    unique: u64,
    /// What was sent, for repetitions.
    sent: Vec<Command>,
    /// Tickets just sent, and ids of tickets cancelled before they come.
    recent: Vec<(u64, u128)>,
    /// Movements under references, and holds, that were sent.
    movements: Vec<(u64, Act)>,
    placed_holds: Vec<(u64, u128)>,
    prepared: Vec<Command>,
    now: u64,
    /// How long what has ended stays.
    retention: u64,
}

/// Accounts 1 to 6 exist; account 6 holds US dollars.
const ACCOUNTS: u64 = 6;
/// Accounts that exist, and have nothing at first.
const IDLE: [u64; 4] = [11, 12, 13, 14];
/// The account that [`Profile::Rich`] fills.
const RICH: u64 = 1;
const PHP: u16 = 608;
const USD: u16 = 840;

impl Traffic {
    /// The stream of this seed.
    pub fn new(seed: u64) -> Traffic {
        let all = [
            Profile::Everyday,
            Profile::Cramped,
            Profile::Rich,
            Profile::High,
            Profile::Crowded,
            Profile::Days,
            Profile::FullDays,
        ];
        let profile = all[(seed % 7) as usize];
        // The first is less than ids are told apart for, and counts as that.
        let retention = [SECOND, 2 * HOUR, 30 * HOUR][(seed / 7 % 3) as usize];
        let mut traffic = Traffic {
            profile,
            random: Random::new(seed),
            unique: 0,
            sent: Vec::new(),
            recent: Vec::new(),
            movements: Vec::new(),
            placed_holds: Vec::new(),
            prepared: Vec::new(),
            now: START,
            retention,
        };
        traffic.prepare();
        traffic
    }

    /// The parameters of its ledger.
    pub fn rules(&self) -> Parameters {
        let rules = Parameters {
            id_window: 120 * SECOND,
            payouts_per_tick: 2,
            limit_raise_delay: 5 * SECOND,
            // Rounded down to 256.
            sealed_per_tick: 500,
            ..Parameters::default()
        };
        match self.profile {
            Profile::Cramped => Parameters {
                refused_ids_max: 6,
                payouts_per_tick: 1,
                accounts_max: (ACCOUNTS as usize + IDLE.len() + AGENTS.len()) as u32,
                sealed_per_tick: 1,
                tree_accounts_max: 11,
                commission_accounts_max: 3,
                holds_max: 6,
                limited_accounts_max: 3,
                references_max: 8,
                tickets_max: 20,
                books_max: 6,
                partitions: 1,
                movements_max: 30,
                ..rules
            },
            Profile::Days => Parameters { retention: self.retention, ..rules },
            Profile::FullDays => Parameters {
                tickets_max: 24,
                books_max: 9,
                movements_max: 60,
                partitions: 1,
                retention: self.retention,
                ..rules
            },
            Profile::Crowded => Parameters { payouts_per_tick: 40, ..rules },
            _ => rules,
        }
    }

    /// The next tick: its time and its commands.
    pub fn tick(&mut self, model: &Model) -> (u64, Vec<Command>) {
        self.now = self.time(model);
        if !self.prepared.is_empty() {
            let count = self.prepared.len().min(300);
            return (self.now, self.prepared.drain(..count).collect());
        }
        if self.random.one_in(8) {
            return (self.now, Vec::new());
        }
        let most = if self.random.one_in(if self.goes_by_days() { 3 } else { 6 }) { 40 } else { 6 };
        let count = 1 + self.random.below(most);
        let commands = (0..count).map(|_| self.command(model)).collect();
        let old = self.recent.len().saturating_sub(12);
        self.recent.drain(..old);
        (self.now, commands)
    }

    /// Mostly a little later; often exactly when something falls due, or just before.
    fn time(&mut self, model: &Model) -> u64 {
        let last = model.time();
        if self.goes_by_days() && self.prepared.is_empty() {
            return self.time_of_days(model).max(last + 1);
        }
        if self.prepared.is_empty() && self.random.one_in(150) {
            return self.leap(last).max(last + 1);
        }
        // A far deadline would age every id there is; it is reached some day by small steps.
        let near = |at: u64| if at < last + 4 * SECOND { at } else { last + 1 };
        let due = model.next_due().unwrap_or(0);
        let time = match self.random.below(40) {
            0..=5 => near(due),
            6..=8 => near(due.saturating_sub(1)),
            9..=20 => last + 1,
            21..=34 => last + self.random.below(5 * MS),
            35..=38 => last + self.random.below(2 * SECOND),
            _ if self.random.one_in(8) => last + self.random.below(131 * SECOND),
            _ => last + 4 * SECOND,
        };
        time.max(last + 1)
    }

    fn command(&mut self, model: &Model) -> Command {
        if self.random.one_in(10)
            && let Some(command) = self.repetition()
        {
            return command;
        }
        let mut ask = match self.random.below(20) {
            0..=4 => self.operator(model),
            5..=7 => self.client_money(model),
            8 => self.operator_money(model),
            9 if self.random.one_in(2) => self.agents(model),
            _ => self.client(model),
        };
        if let Ask::Cancel { account, ticket } = ask
            && self.random.one_in(5)
        {
            ask = Ask::VoidTicket { account, ticket };
        }
        let id = match &ask {
            // A ticket that a cancel was ahead of.
            Ask::Place { account, .. } if self.random.one_in(12) => self.cancelled_before(*account),
            _ => None,
        };
        let id = id.unwrap_or_else(|| self.id());
        let actor = if self.random.one_in(6) { self.random.of(&SCOPED) } else { self.random.below(3) as u32 };
        self.note_money(id, &ask);
        let command = Command { id, actor, ask };
        if let Ask::Place { account, .. } = &command.ask {
            self.recent.push((*account, id));
        }
        // Whether a floor is kept for an account that does not exist is left open; see the model.
        let is_open = command.ask.account().is_none_or(|account| model.account(account).is_ok());
        if is_open || self.profile != Profile::Cramped {
            self.sent.push(command.clone());
        }
        command
    }

    /// Something sent before: as it was, under another principal, or with other content.
    fn repetition(&mut self) -> Option<Command> {
        let back = if self.random.one_in(3) { self.sent.len() } else { 10 };
        let at = self.sent.len().checked_sub(1 + self.random.below(back.max(1) as u64) as usize)?;
        let mut command = self.sent[at].clone();
        match self.random.below(6) {
            0 => command.actor += 1,
            1 => self.change(&mut command.ask),
            2 => {
                let other = 1 + self.random.below(self.sent.len() as u64) as usize;
                let other = self.sent[self.sent.len() - other].clone();
                command = Command { id: command.id, ..other };
            }
            _ => {}
        }
        Some(command)
    }

    /// Other content of the same kind.
    fn change(&mut self, ask: &mut Ask) {
        match ask {
            Ask::Place { bets, .. } => match self.random.below(3) {
                0 if bets.len() > 1 => bets.truncate(1),
                1 => bets.push(bets[0]),
                _ => bets[0].stake += 1,
            },
            Ask::Cancel { ticket, .. } | Ask::VoidTicket { ticket, .. } => *ticket ^= 1,
            Ask::OpenAccount { currency, .. } => *currency += 1,
            Ask::Deposit { amount, .. } | Ask::Withdraw { amount, .. } => *amount += 1,
            Ask::Wallet { act, .. } => self.change_act(act),
            Ask::DefineGame { version, .. } => *version += 1,
            Ask::CreateDraw { draw, .. } => draw.settles_at += 1,
            Ask::OpenDraw { book }
            | Ask::CloseDraw { book }
            | Ask::Suspend { book }
            | Ask::Resume { book }
            | Ask::Void { book } => *book += 1,
            Ask::Settle { numbers, .. } | Ask::Correct { numbers, .. } => numbers[0] += 1,
            Ask::SetPrincipal { account, .. } => *account ^= 1,
            Ask::SetLimit { value, .. } => *value = value.map(|value| value.saturating_sub(1).max(0)),
            Ask::Block { blocked, .. } => *blocked = !*blocked,
        }
        // The edge lets nothing above the highest stake through.
        if let Ask::Place { bets, .. } = ask {
            bets.truncate(64);
            bets.iter_mut().for_each(|bet| bet.stake = bet.stake.min(AMOUNT_MAX));
        }
        if let Ask::Deposit { amount, .. } | Ask::Withdraw { amount, .. } = ask {
            *amount = (*amount).min(AMOUNT_MAX);
        }
    }

    /// A new id, mostly of now; sometimes at the floor or at the lead, and one past them.
    fn id(&mut self) -> u128 {
        let rules = self.rules();
        let now = self.now / MS;
        let (floor, lead) = ((self.now - rules.id_window) / MS, now + rules.id_ahead / MS);
        let time = match self.random.below(60) {
            0 => floor,
            1 => floor + 1,
            2 => lead,
            3 => lead + 1,
            4 => floor - self.random.below(10_000),
            5 => lead + self.random.below(10_000),
            6..=20 => now - self.random.below(30_000),
            _ => now,
        };
        self.fresh(time)
    }

    fn fresh(&mut self, time: u64) -> u128 {
        self.unique += 1;
        bridge::id(time, self.unique)
    }

    fn cancelled_before(&mut self, account: u64) -> Option<u128> {
        self.recent.iter().rev().find(|(owner, _)| *owner == account).map(|(_, id)| *id)
    }

    fn any_account(&mut self) -> u64 {
        if self.profile == Profile::Rich && self.random.one_in(3) {
            return RICH;
        }
        if self.random.one_in(16) {
            return self.random.of(&IDLE);
        }
        if self.random.one_in(12) {
            return self.random.of(&AGENTS);
        }
        let unknown = self.profile != Profile::Cramped && self.random.one_in(60);
        if unknown { 90 + self.random.below(4) } else { 1 + self.random.below(ACCOUNTS) }
    }

    /// The games, the accounts and their first money.
    fn prepare(&mut self) {
        let numbered = (1..).zip(tables::all());
        let mut asks: Vec<Ask> =
            numbered.map(|(game, table)| Ask::DefineGame { game, version: 1, table }).collect();
        for account in 1..=ACCOUNTS {
            let currency = if account == ACCOUNTS { USD } else { PHP };
            asks.push(Ask::OpenAccount { account, currency, parent: 0 });
            let amount = match self.profile {
                Profile::High => AMOUNT_MAX,
                Profile::Crowded => 20_000_00,
                _ => 200_00 + self.random.below(2_000_00) as i64,
            };
            asks.push(Ask::Deposit { account, amount });
        }
        asks.extend(self.idle_accounts());
        asks.extend(self.sellers());
        if self.profile == Profile::Rich {
            // With these it lies a little below the highest balance, so that the next ones meet it.
            asks.extend((0..999).map(|_| Ask::Deposit { account: RICH, amount: AMOUNT_MAX }));
            asks.push(Ask::Deposit { account: RICH, amount: AMOUNT_MAX - 3_000_00 });
        }
        if self.profile == Profile::High {
            asks.extend((1..60).map(|n| Ask::Deposit { account: 1 + n % ACCOUNTS, amount: AMOUNT_MAX }));
        }
        for ask in asks {
            let id = self.fresh(START / MS);
            self.prepared.push(Command { id, actor: 1, ask });
        }
    }
}
