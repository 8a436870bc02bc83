//! What the benchmarks share: a ledger with the PCSO 3D game, and tickets made the same way in every run.

use engine::command::{
    Bet, Commands, DrawCreate, GAME_GROUPS_MAX, GameDefine, Genesis, Matching, NO_LIMIT, PlayTable, Prize,
};
use engine::{Alone, Arena, Crew, Engine, Outbox, Tick};

/// Time of the first tick: some day of 2026, in nanoseconds since the Unix epoch.
pub const START_NS: u64 = 1_790_000_000_000_000_000;
const MS: u64 = 1_000_000;

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
    random: Random,
    accounts: u64,
    draws: u32,
    /// What tickets contend for.
    pub heat: Heat,
}

/// What nine of ten tickets have in common.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Heat {
    /// Nothing.
    #[default]
    Even,
    /// A number of a draw.
    Number,
    /// The account.
    Account,
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
        let mut ledger = Ledger { engine, out: Outbox::default(), random, accounts, draws, heat: Heat::Even };
        let mut commands = Commands::new();
        commands.genesis(&genesis());
        commands.game_define(ledger.id(), 1, &game(), &plays());
        for draw in 1..=draws {
            commands.draw_create(ledger.id(), draw, &draw_create());
            commands.draw_open(ledger.id(), draw);
        }
        ledger.apply(commands.as_bytes());
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
        let time = START_NS + self.engine.tick() * MS;
        let tick = Tick { number: self.engine.tick() + 1, time, commands };
        self.engine.apply_on(&tick, &mut self.out, crew);
    }

    /// One-bet tickets for the next tick: even accounts, draws and numbers but for the heat, a quarter in any order.
    pub fn tickets(&mut self, commands: &mut Commands, count: usize) {
        for _ in 0..count {
            let mut account = 1 + self.random.below(self.accounts);
            let mut draw = 1 + self.random.below(self.draws.into()) as u32;
            let mut number = self.random.below(1000) as u16;
            match self.heat {
                Heat::Account if self.random.below(10) > 0 => account = 1,
                Heat::Number if self.random.below(10) > 0 => (draw, number) = (1, 123),
                _ => {}
            }
            let is_triple = number.is_multiple_of(111);
            let play = if !is_triple && self.random.below(4) == 0 { 2 } else { 1 };
            let id = self.id();
            commands.ticket_place(id, account, &[Bet::new(draw, play, number, 10_00)]);
        }
    }

    /// A UUIDv7 at the time of the next tick.
    fn id(&mut self) -> u128 {
        let ms = (START_NS + self.engine.tick() * MS) / MS;
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
        reserved_too: 0.into(),
        retention_ns: (48 * 3600 * 1000 * 1_000_000u64).into(),
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

fn draw_create() -> DrawCreate {
    let mut stake_limit = [0.into(); GAME_GROUPS_MAX];
    stake_limit[0] = NO_LIMIT.into();
    DrawCreate {
        game: 1.into(),
        opens_at: 0.into(),
        closes_at: (START_NS + 3600 * 1000 * MS).into(),
        settles_at: (START_NS + 3600 * 1000 * MS).into(),
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
