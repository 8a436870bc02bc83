//! What the benchmarks share: a ledger with the PCSO 3D game, and tickets made the same way in every run.

use std::time::Instant;

use engine::command::{
    Bet, Commands, DrawCreate, GAME_GROUPS_MAX, GameDefine, Genesis, Matching, NO_LIMIT, PlayTable, Prize,
};
use engine::query::{AnswerHeader, DrawState, DrawView, Query, QueryKind, SealState};
use engine::{Alone, Arena, Crew, Engine, Outbox, Tick};
use zerocopy::FromBytes;

/// Time of the first tick: some day of 2026, in nanoseconds since the Unix epoch.
pub const START_NS: u64 = 1_790_000_000_000_000_000;
const MS: u64 = 1_000_000;
/// A day.
pub const DAY_NS: u64 = 24 * 3600 * 1000 * MS;

/// A small generator of numbers, the same in every run (SplitMix64).
#[derive(Clone, Debug)]
pub struct Random(pub u64);

impl Random {
    /// The next number.
    pub fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `bound`.
    pub fn below(&mut self, bound: u64) -> u64 {
        ((u128::from(self.draw()) * u128::from(bound)) >> 64) as u64
    }
}

/// An engine with open draws and funded accounts, and what is needed to feed it.
pub struct Ledger {
    /// The engine.
    pub engine: Engine,
    /// Replies of the last tick.
    pub out: Outbox,
    /// Time of the next tick, nanoseconds since the Unix epoch.
    pub now: u64,
    random: Random,
    accounts: u64,
    /// The account that pays the next transfer.
    payer: u64,
    /// The draws that tickets are on.
    pub draws: Vec<u32>,
    /// What tickets contend for.
    pub heat: Heat,
}

/// What nine of ten tickets have in common, or what comes in their place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Heat {
    /// Nothing.
    #[default]
    Even,
    /// A number of a draw.
    Number,
    /// The account.
    Account,
    /// No tickets: a chain of transfers, in which each is paid by the receiver of the one before.
    Transfers,
}

impl Ledger {
    /// Draws 1 to `draws` are open, accounts 1 to `accounts` have ten million each.
    pub fn new(accounts: u64, draws: u32) -> Ledger {
        Ledger::within(Arena::new(0), accounts, draws)
    }

    /// As [`Ledger::new`], in this arena.
    pub fn within(arena: Arena, accounts: u64, draws: u32) -> Ledger {
        let random = Random(7);
        let engine = Engine::within(arena);
        let (out, draws) = (Outbox::default(), (1..=draws).collect());
        let mut ledger =
            Ledger { engine, out, now: START_NS, random, accounts, payer: 1, draws, heat: Heat::Even };
        let mut commands = Commands::new();
        commands.genesis(&genesis());
        commands.game_define(ledger.id(), 1, &game(), &plays());
        ledger.apply(commands.as_bytes());
        for draw in ledger.draws.clone() {
            ledger.open_draw(draw, 1);
        }
        for first in (1..=accounts).step_by(4096) {
            commands.clear();
            for account in first..=accounts.min(first + 4095) {
                commands.account_open(ledger.id(), account, 608);
                commands.deposit(ledger.id(), account, 100_000_000_00);
            }
            ledger.apply(commands.as_bytes());
        }
        ledger
    }

    /// Applies the next tick.
    pub fn apply(&mut self, commands: &[u8]) {
        self.apply_on(commands, &mut Alone(1));
    }

    /// Applies the next tick on the shards of a crew.
    pub fn apply_on<C: Crew>(&mut self, commands: &[u8], crew: &mut C) {
        self.out.clear();
        let tick = Tick { number: self.engine.tick() + 1, time: self.now, commands };
        self.engine.apply_on(&tick, &mut self.out, crew);
        self.now += MS;
    }

    /// Creates and opens a draw that closes, and is planned to settle, in so many days.
    pub fn open_draw(&mut self, draw: u32, days: u64) {
        let mut commands = Commands::new();
        commands.draw_create(self.id(), draw, &draw_create(self.now + days * DAY_NS));
        commands.draw_open(self.id(), draw);
        self.apply(commands.as_bytes());
        assert_eq!(self.out.accepted, 2, "a draw is created and opened");
    }

    /// Closes a draw and gives its result, once it is sealed; returns the ticks until its winners were paid, and the seconds
    /// of the longest of them.
    pub fn settle_draw(&mut self, draw: u32, number: u16) -> (u64, f64) {
        let mut commands = Commands::new();
        commands.draw_close(self.id(), draw);
        let begun = self.engine.tick();
        let mut slowest = self.timed(commands.as_bytes());
        while self.draw(draw).seal_state != SealState::Sealed as u8 {
            slowest = slowest.max(self.timed(&[]));
        }
        commands.clear();
        commands.draw_settle(self.id(), draw, self.draw(draw).seal, &[number]);
        slowest = slowest.max(self.timed(commands.as_bytes()));
        while self.draw(draw).state != DrawState::Settled as u8 {
            slowest = slowest.max(self.timed(&[]));
        }
        (self.engine.tick() - begun, slowest)
    }

    /// Applies the next tick and returns the seconds that this took.
    pub fn timed(&mut self, commands: &[u8]) -> f64 {
        let begun = Instant::now();
        self.apply(commands);
        begun.elapsed().as_secs_f64()
    }

    fn draw(&self, draw: u32) -> DrawView {
        let mut answer = Vec::new();
        self.engine.answer(&Query::of(QueryKind::Draw, draw.into()), &mut answer);
        let (_, body) = answer.split_at(size_of::<AnswerHeader>());
        DrawView::read_from_prefix(body).expect("the draw is there").0
    }

    /// One-bet tickets for the next tick: even accounts, draws and numbers but for the heat, a quarter in any order.
    pub fn tickets(&mut self, commands: &mut Commands, count: usize) {
        for _ in 0..count {
            if self.heat == Heat::Transfers {
                self.transfer(commands);
                continue;
            }
            let mut account = 1 + self.random.below(self.accounts);
            let mut draw = self.draws[self.random.below(self.draws.len() as u64) as usize];
            let mut number = self.random.below(1000) as u16;
            match self.heat {
                Heat::Account if self.random.below(10) > 0 => account = 1,
                Heat::Number if self.random.below(10) > 0 => (draw, number) = (self.draws[0], 123),
                _ => {}
            }
            let is_triple = number.is_multiple_of(111);
            let play = if !is_triple && self.random.below(4) == 0 { 2 } else { 1 };
            let id = self.id();
            commands.ticket_place(id, account, &[Bet::new(draw, play, number, 10_00)]);
        }
    }

    /// The next link of the chain of transfers.
    fn transfer(&mut self, commands: &mut Commands) {
        let payer = self.payer;
        // Any account but the payer.
        self.payer = 1 + (payer + self.random.below(self.accounts - 1)) % self.accounts;
        commands.transfer(self.id(), payer, self.payer, 10_00);
    }

    /// The close of a draw, for the next tick.
    pub fn close(&mut self, commands: &mut Commands, draw: u32) {
        let id = self.id();
        commands.draw_close(id, draw);
    }

    /// A UUIDv7 at the time of the next tick.
    fn id(&mut self) -> u128 {
        let ms = self.now / MS;
        let random = u128::from(self.random.draw()) << 64 | u128::from(self.random.draw());
        u128::from(ms) << 80
            | 7 << 76
            | (random >> 52 & 0xfff) << 64
            | 0b10 << 62
            | (random & ((1 << 62) - 1))
    }
}

fn genesis() -> Genesis {
    Genesis {
        cluster: 1.into(),
        hash_key: [2.into(), 3.into()],
        id_window_ns: (24 * 3600 * 1000 * MS).into(),
        id_ahead_ns: (10_000 * MS).into(),
        refused_ids_max: 65_536.into(),
        payouts_per_tick: 4096.into(),
        accounts_max: (4 << 20).into(),
        tickets_max: (32 << 20).into(),
        books_max: 512.into(),
        partitions: 16.into(),
        reserved: [0; 2],
        limit_raise_delay_ns: (24 * 3600 * 1000 * 1_000_000u64).into(),
        holds_max: 65_536.into(),
        limited_accounts_max: 65_536.into(),
        references_max: (1 << 20).into(),
        sealed_per_tick: 32_768.into(),
        retention_ns: DAY_NS.into(),
        tree_accounts_max: (4 << 20).into(),
        commission_accounts_max: 65_536.into(),
        movements_max: 32_768.into(),
        reserved_too: 0.into(),
    }
}

fn game() -> GameDefine {
    GameDefine::simple(10, 3, 1_00, 500_00)
}

fn plays() -> [PlayTable; 2] {
    [
        PlayTable::new(1, Matching::Exact, Prize::by_orders(&[(1, 450, 1)])),
        PlayTable::new(2, Matching::AnyOrder, Prize::by_orders(&[(3, 150, 1), (6, 75, 1)])),
    ]
}

fn draw_create(closes_at: u64) -> DrawCreate {
    let mut stake_limit = [0.into(); GAME_GROUPS_MAX];
    stake_limit[0] = NO_LIMIT.into();
    DrawCreate {
        game: 1.into(),
        opens_at: 0.into(),
        closes_at: closes_at.into(),
        settles_at: closes_at.into(),
        version: 1.into(),
        currency: 608.into(),
        cancellable: 1,
        confirmed: 0,
        reserved: [0; 2],
        payout_limit: NO_LIMIT.into(),
        draw_stake_limit: NO_LIMIT.into(),
        draw_payout_limit: NO_LIMIT.into(),
        stake_limit,
    }
}
