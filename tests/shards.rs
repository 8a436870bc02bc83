//! Large ticks on several shards: the replies, the digest and what is due are those of one, byte for byte, whatever is
//! contended for, with threads and without. And the same commands cut into other ticks fare the same.
//!
//! What a command may do is judged elsewhere, by the plain model ([`tests::pair`] runs on several shards as well).

use engine::command::{
    Bet, Commands, DrawCreate, GAME_GROUPS_MAX, GameDefine, Header, Kind, LimitOf, LimitScope, LimitSet,
    LimitWindow, Matching, NO_LIMIT, PlayTable, Prize, Standing,
};
use engine::refusal::Refusal;
use engine::reply::Reply;
use engine::{Alone, Crew, Deciding, Engine, Outbox, Tick};
use tests::bridge;
use tests::model::{MS, Parameters, SECOND};
use tests::pair::START;
use tests::traffic::Random;
use zerocopy::FromBytes;

const ACCOUNTS: u64 = 2_000;
const DRAWS: u32 = 7;
/// What a number may take, minor units: little enough that the favourites sell out again and again.
const STAKE_LIMIT: i64 = 40_000_00;

/// What commands contend for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stream {
    /// Accounts, draws and numbers evenly; now and then a fence.
    Even,
    /// The same where no draw has a limit that a run could come to.
    Unlimited,
    /// Nine of ten bets on one number of one draw, at its limit.
    HotNumber,
    /// Nine of ten tickets by one account, at its last cent.
    HotAccount,
    /// Tickets of up to six bets, over all draws, by accounts that have little.
    SeveralDraws,
    /// Of everything, and a fence every few commands.
    Fences,
    /// Accounts in a tree, and principals that stand for some of them, who ask for others as well.
    Agents,
}

/// Makes a stream's commands.
struct Maker {
    stream: Stream,
    random: Random,
    unique: u128,
    now: u64,
    /// Tickets to cancel and to repeat: id, account, bet.
    sent: Vec<(u128, u64, Bet)>,
    limit: i64,
}

impl Maker {
    fn new(stream: Stream, seed: u64) -> Maker {
        Maker {
            stream,
            random: Random::new(seed),
            unique: 0,
            now: START,
            sent: Vec::new(),
            limit: STAKE_LIMIT,
        }
    }

    fn id(&mut self) -> u128 {
        self.unique += 1;
        u128::from(self.now / MS) << 80 | 7 << 76 | 0b10 << 62 | self.unique
    }

    /// The game, the draws and the accounts.
    fn begin(&mut self) -> Commands {
        let mut commands = Commands::new();
        let plays = [
            PlayTable::new(1, Matching::Exact, Prize::by_orders(&[(1, 450, 1)])),
            PlayTable::new(2, Matching::AnyOrder, Prize::by_orders(&[(3, 150, 1), (6, 75, 1)])).group(1),
        ];
        let game = GameDefine::simple(10, 3, 1_00, 500_00);
        let id = self.id();
        commands.game_define(id, 1, &game, &plays);
        let is_limited = self.stream != Stream::Unlimited;
        let limit = |limit: i64| if is_limited { limit } else { NO_LIMIT }.into();
        for draw in 1..=DRAWS {
            let mut stake_limit = [0.into(); GAME_GROUPS_MAX];
            stake_limit[..2].fill(limit(STAKE_LIMIT));
            let create = DrawCreate {
                game: 1.into(),
                opens_at: 0.into(),
                closes_at: (START + 3_600 * SECOND).into(),
                settles_at: (START + 3_600 * SECOND).into(),
                version: 1.into(),
                currency: 608.into(),
                cancellable: 1,
                confirmed: 0,
                reserved: [0; 2],
                payout_limit: limit(10_000_000_00),
                draw_stake_limit: NO_LIMIT.into(),
                draw_payout_limit: NO_LIMIT.into(),
                stake_limit,
            };
            let (created, opened) = (self.id(), self.id());
            commands.draw_create(created, draw, &create);
            commands.draw_open(opened, draw);
        }
        for account in 1..=ACCOUNTS {
            let (opened, paid) = (self.id(), self.id());
            let parent = if self.stream == Stream::Agents { account / 4 } else { 0 };
            commands.account_open_under(opened, account, 608, parent);
            let poor = [Stream::HotAccount, Stream::SeveralDraws].contains(&self.stream);
            commands.deposit(paid, account, if poor { 500_00 } else { 100_000_00 });
        }
        commands
    }

    fn bet(&mut self) -> Bet {
        let is_hot = self.stream == Stream::HotNumber && !self.random.one_in(10);
        let draw = if is_hot { 1 } else { 1 + self.random.below(DRAWS.into()) as u32 };
        let number = if is_hot { 123 } else { self.random.below(1_001) as u16 };
        let play = 1 + u8::from(self.random.one_in(4));
        Bet::new(draw, play, number, (1 + self.random.below(30) as i64) * 10_00)
    }

    fn account(&mut self) -> u64 {
        let is_hot = self.stream == Stream::HotAccount && !self.random.one_in(10);
        if is_hot { 77 } else { 1 + self.random.below(ACCOUNTS + 1) }
    }

    fn ticket(&mut self, commands: &mut Commands) {
        let (id, account) = (self.id(), self.account());
        let most = if self.stream == Stream::SeveralDraws { 6 } else { 1 };
        let bets: Vec<Bet> = (0..1 + self.random.below(most)).map(|_| self.bet()).collect();
        commands.ticket_place(id, account, &bets);
        self.sent.push((id, account, bets[0]));
    }

    fn fence(&mut self, commands: &mut Commands) {
        let id = self.id();
        let (account, other) = (self.account(), self.account());
        if self.stream == Stream::Agents && !self.random.one_in(4) {
            return match self.random.below(3) {
                0 => commands.principal_set(id, 2 + self.random.below(5) as u32, self.random.below(20)),
                1 => commands.account_parent(id, account, self.random.below(40)),
                _ => commands.commission_set(id, other, 10_000, 0, 0),
            };
        }
        match self.random.below(10) {
            5 => commands.transfer(id, account, other, 1 + self.random.below(300_00) as i64),
            6 => commands.hold_place(id, account, 1 + self.random.below(100_00) as i64, self.now + 5 * MS),
            7 => commands.account_limit(id, account, LimitOf::Stakes, LimitWindow::Day, 500_00),
            8 => {
                let standing = self.random.of(&[Standing::Suspended, Standing::Active, Standing::Active]);
                commands.account_status(id, account, standing);
            }
            9 => commands.owed_add(id, account, 1 + self.random.below(200_00) as i64),
            0..=1 if !self.sent.is_empty() => {
                let (ticket, account, _) = self.random.of(&self.sent);
                commands.ticket_cancel(id, account, ticket);
            }
            2 if !self.sent.is_empty() => {
                // A retry, or another use of the id where the ticket had several bets.
                let (id, account, bet) = self.random.of(&self.sent);
                commands.ticket_place(id, account, &[bet]);
            }
            3 => commands.draw_suspend(id, 1 + self.random.below(DRAWS.into()) as u32),
            _ => {
                let draw = 1 + self.random.below(DRAWS.into()) as u32;
                commands.draw_resume(id, draw);
                if self.stream == Stream::Unlimited {
                    return;
                }
                self.limit += 20_000_00;
                let (scope, limit) = (LimitScope::StakeOverride as u8, self.limit.into());
                let set = LimitSet { scope, play: 1, number: 123.into(), reserved: 0.into(), limit };
                let id = self.id();
                commands.limit_set(id, draw, &set);
            }
        }
    }

    /// The commands of a tick that is cut at this time.
    fn tick(&mut self, time: u64, count: usize) -> Commands {
        self.now = time;
        let mut commands = Commands::new();
        let between_fences = if self.stream == Stream::Fences { 20 } else { 700 };
        while commands.count() < count {
            match self.random.below(20) {
                _ if self.random.one_in(between_fences) => self.fence(&mut commands),
                0 => {
                    let (id, account) = (self.id(), self.account());
                    let amount = 1 + self.random.below(100_00) as i64;
                    // Some references come again, in the same tick or a later one.
                    let reference = u128::from(self.random.below(u32::MAX.into()));
                    match self.random.below(8) {
                        0 => commands.deposit_referred(id, account, amount, 7 + reference % 50, time / MS),
                        1..=4 => commands.deposit_referred(id, account, amount, 100 + reference, time / MS),
                        _ => commands.deposit(id, account, amount),
                    }
                }
                1 => {
                    let (id, account) = (self.id(), self.account());
                    commands.withdraw(id, account, 1 + self.random.below(100_00) as i64);
                }
                _ => self.ticket(&mut commands),
            }
        }
        let old = self.sent.len().saturating_sub(500);
        self.sent.drain(..old);
        commands
    }
}

/// The commands of a stream, each by the principal that the edge would have stamped it with.
fn stamped(stream: Stream, commands: &Commands, random: &mut Random) -> Vec<u8> {
    let mut bytes = commands.as_bytes().to_vec();
    let mut rest = &mut bytes[..];
    while let Some(len) = engine::command::command_len(rest) {
        let (command, behind) = rest.split_at_mut(len);
        let (header, _) = Header::mut_from_prefix(command).expect("a command has a header");
        let by = if stream == Stream::Agents { random.below(8) as u32 } else { 1 };
        // What sets the scene, and changes it, comes from one that stands for all.
        header.actor = if header.kind < Kind::GameDefine as u8 { by } else { 1 }.into();
        rest = behind;
    }
    bytes
}

/// An engine of a new ledger.
fn ledger() -> Engine {
    let mut engine = Engine::new();
    let rules = Parameters { refused_ids_max: 3_000, ..Parameters::default() };
    let rules = Parameters { accounts_max: 10_000, tickets_max: 10_000_000, ..rules };
    let genesis = bridge::genesis(&rules);
    engine.apply(&Tick { number: 1, time: START, commands: &genesis }, &mut Outbox::default());
    engine
}

/// One tick on a crew; what it gives back.
fn step<C: Crew>(engine: &mut Engine, time: u64, commands: &[u8], crew: &mut C) -> Outbox {
    let mut out = Outbox::default();
    let number = engine.tick() + 1;
    engine.apply_on(&Tick { number, time, commands }, &mut out, crew);
    out
}

/// Runs a stream on one shard, on several without threads, and on several with; how 2 shards decided.
fn compare(stream: Stream, commands_in_all: usize, commands_per_tick: usize) -> Deciding {
    let (mut maker, mut actors) = (Maker::new(stream, 11), Random::new(3));
    let mut one = ledger();
    let mut alone: Vec<(usize, Engine)> = [2, 3, 8, 16].map(|shards| (shards, ledger())).into();
    let spin = std::time::Duration::from_micros(20);
    let mut threaded: Vec<(host::Crew, Engine)> = [2, 3]
        .map(|shards| host::CrewConfig { shards, spin, cores: Vec::new() })
        .map(|config| (host::Crew::start(&config).expect("threads start"), ledger()))
        .into();
    let mut time = START;
    let (mut done, mut barred, mut events) = (0, 0, 0);
    while done < commands_in_all {
        time += MS;
        let commands = if done == 0 { maker.begin() } else { maker.tick(time, commands_per_tick) };
        done += commands.count();
        let commands = stamped(stream, &commands, &mut actors);
        let expected = step(&mut one, time, &commands, &mut Alone(1));
        events += expected.events.len();
        barred +=
            fates(&expected.replies).iter().filter(|fate| fate.0 == Refusal::NotAuthorised as u16).count();
        let check = |shards: usize, engine: &mut Engine, out: Outbox| {
            assert!(out.replies == expected.replies, "{stream:?} is answered otherwise on {shards} shards");
            assert!(out.events == expected.events, "{stream:?} has other events on {shards} shards");
            assert_eq!(engine.digest(), one.digest(), "{stream:?} has another digest on {shards} shards");
        };
        for (shards, engine) in &mut alone {
            let out = step(engine, time, &commands, &mut Alone(*shards));
            check(*shards, engine, out);
        }
        for (crew, engine) in &mut threaded {
            let out = step(engine, time, &commands, crew);
            check(crew.shards(), engine, out);
        }
    }
    let audit = one.cut().audit(608);
    assert_eq!((audit.conserved, audit.digest_agrees), (1, 1), "{stream:?}");
    assert_eq!(barred > 10_000, stream == Stream::Agents, "{stream:?}: {barred} were not authorised");
    assert!(events > 0, "{stream:?} has events");
    for (shards, engine) in &alone {
        println!("{stream:?} on {shards}: {:?}", engine.deciding());
    }
    alone[0].1.deciding()
}

#[test]
fn an_even_stream_leaves_no_trace_of_shards() {
    let told = compare(Stream::Even, 1_000_000, 4_096);
    assert!(told.commands > 600_000, "most commands are decided together: {told:?}");
}

#[test]
fn draws_without_limits_leave_no_trace_of_shards() {
    let told = compare(Stream::Unlimited, 300_000, 4_096);
    assert!(told.commands > 180_000, "most commands are decided together: {told:?}");
}

#[test]
fn one_hot_number_at_its_limit_leaves_no_trace_of_shards() {
    let told = compare(Stream::HotNumber, 150_000, 2_000);
    assert!(told.commands > 100_000, "{told:?}");
    // The number's only owner decides each bet where the account has said yes; few accounts have limits to wait for.
    assert!(told.rounds < told.runs + told.runs / 10, "{told:?}");
}

#[test]
fn one_account_at_its_last_cent_leaves_no_trace_of_shards() {
    let told = compare(Stream::HotAccount, 150_000, 2_000);
    assert!(told.decided_in_order > 0, "an account at its last cent is decided in order: {told:?}");
}

#[test]
fn tickets_over_several_draws_leave_no_trace_of_shards() {
    let told = compare(Stream::SeveralDraws, 150_000, 2_000);
    assert!(told.rounds > told.runs, "accounts that have little wait for several books: {told:?}");
}

#[test]
fn fences_leave_no_trace_of_shards() {
    let told = compare(Stream::Fences, 100_000, 1_000);
    assert!(told.runs > 0, "{told:?}");
}

#[test]
fn whom_principals_stand_for_leaves_no_trace_of_shards() {
    let told = compare(Stream::Agents, 200_000, 2_000);
    assert!(told.commands > 100_000, "{told:?}");
}

#[test]
fn other_cuttings_into_ticks_fare_the_same() {
    let mut maker = Maker::new(Stream::SeveralDraws, 5);
    let mut engines: Vec<(usize, usize, Engine)> =
        [(1, 1), (7, 2), (64, 3), (1_000, 16)].map(|(count, shards)| (count, shards, ledger())).into();
    let mut time = START;
    for round in 0..20 {
        time += MS;
        let commands = if round == 0 { maker.begin() } else { maker.tick(time, 1_000) };
        let fared: Vec<Vec<_>> = engines
            .iter_mut()
            .map(|(count, shards, engine)| {
                let (mut rest, mut fared, mut at) = (commands.as_bytes(), Vec::new(), time);
                while !rest.is_empty() {
                    let bytes = (0..*count).scan(0, |from, _| {
                        let len = engine::command::command_len(&rest[*from..])?;
                        *from += len;
                        Some(len)
                    });
                    let (tick, behind) = rest.split_at(bytes.sum());
                    fared.extend(fates(&step(engine, at, tick, &mut Alone(*shards)).replies));
                    (rest, at) = (behind, at + 1);
                }
                fared
            })
            .collect();
        for (theirs, (count, shards, _)) in fared.iter().zip(&engines) {
            assert_eq!(theirs.len(), commands.count());
            assert!(
                *theirs == fared[0],
                "ticks of {count} on {shards} shards fare otherwise in round {round}"
            );
        }
    }
}

/// What a tick's replies say, less its number.
fn fates(mut replies: &[u8]) -> Vec<(u16, u8, u8, i64, Vec<i64>)> {
    let mut fates = Vec::new();
    while let Some((Reply { header, values }, rest)) = Reply::split(replies) {
        let values = values.iter().map(|value| value.get()).collect();
        fates.push((header.code.get(), header.flags, header.bet, header.available.get(), values));
        replies = rest;
    }
    fates
}
