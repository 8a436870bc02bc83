//! The driver on a simulated disk: when it answers, what survives a power cut, how it idles and stops.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use engine::command::{
    Bet, Commands, DrawCreate, GAME_GROUPS_MAX, GameDefine, Matching, NO_LIMIT, PlayTable, Prize,
};
use engine::query::{AccountView, AnswerHeader, AuditView, DrawView, LedgerView, Query, QueryKind};
use engine::reply::Reply;
use engine::{Alone, Engine};
use host::driver::{Driver, Next, Now};
use host::replay::Replay;
use host::{Batch, Ingress, LedgerConfig, LoopConfig, Outlet, Reads, Unavailable};
use wal::disk::sim::{Controls, Outcome, SimDisk};
use wal::{LogError, LogOptions};
use zerocopy::FromBytes;

const START_NS: u64 = 1_790_000_000_000_000_000;
const PHP: u16 = 608;

/// What came back, in the order in which it came.
#[derive(Debug, PartialEq, Eq)]
enum Came {
    /// Correlation, place of the first, and for each reply its code, its tick and the balance.
    Replies(u64, u16, Vec<(u16, u64, i64)>),
    Unavailable(u64, u16, u16, Unavailable),
    Answers(u64, u16, Vec<u8>),
    Flush,
}

#[derive(Default)]
struct Recorder(Mutex<Vec<Came>>);

impl Recorder {
    fn drain(&self) -> Vec<Came> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }

    fn push(&self, came: Came) {
        self.0.lock().unwrap().push(came);
    }
}

impl Outlet for Recorder {
    fn replies(&self, correlation: u64, first: u16, count: u16, mut bytes: &[u8]) {
        let mut replies = Vec::new();
        while let Some((reply, rest)) = Reply::split(bytes) {
            let header = reply.header;
            replies.push((header.code.get(), header.tick.get(), header.available.get()));
            bytes = rest;
        }
        assert_eq!((replies.len(), bytes.len()), (usize::from(count), 0));
        self.push(Came::Replies(correlation, first, replies));
    }

    fn answers(&self, correlation: u64, first: u16, _count: u16, answers: &[u8]) {
        self.push(Came::Answers(correlation, first, answers.to_vec()));
    }

    fn unavailable(&self, correlation: u64, first: u16, count: u16, why: Unavailable) {
        self.push(Came::Unavailable(correlation, first, count, why));
    }

    fn flush(&self) {
        self.push(Came::Flush);
    }
}

/// A node without a thread: the test turns the crank.
struct Bench {
    driver: Driver<SimDisk, Alone>,
    ingress: Ingress,
    disk: Controls,
    outlet: Arc<Recorder>,
    now: u64,
    ids: u64,
}

fn options() -> LogOptions {
    LogOptions {
        cluster: Some(1),
        segment_bytes: 1 << 20,
        frame_bytes_max: 64 << 10,
        apply_version: engine::APPLY_VERSION,
        ..LogOptions::default()
    }
}

fn open(disk: SimDisk) -> Result<(Engine, wal::Log<SimDisk>, u64), LogError> {
    let mut replay = Replay::new(Engine::new(), Alone(2));
    let (log, _) = wal::open(disk, options(), &mut |frame| replay.frame(frame))?;
    let compared = replay.digests_compared;
    Ok((replay.into_parts().0, log, compared))
}

impl Bench {
    /// A new ledger with account 7.
    fn new(config: LoopConfig) -> Bench {
        let mut bench = Bench::on(SimDisk::new(512), config);
        let mut genesis = Commands::new();
        genesis.genesis(&LedgerConfig::default().genesis(1, [2, 3]));
        let now = bench.now();
        bench.driver.begin(genesis.as_bytes(), now).unwrap();
        bench.send(100, |commands, id| commands.account_open(id, 7, PHP));
        bench.turn_until_idle();
        assert_eq!(bench.outlet.drain(), [Came::Replies(100, 0, vec![(0, 2, 0)]), Came::Flush]);
        bench
    }

    fn on(disk: SimDisk, config: LoopConfig) -> Bench {
        let controls = disk.controls();
        let (engine, log, _) = open(disk).unwrap();
        let now = engine.time().max(START_NS);
        let (driver, ingress) = Driver::new(engine, log, Alone(2), config);
        Bench { driver, ingress, disk: controls, outlet: Arc::default(), now, ids: 0 }
    }

    fn now(&self) -> Now {
        Now { wall_ns: self.now, monotonic_ns: self.now - START_NS }
    }

    fn id(&mut self) -> u128 {
        self.ids += 1;
        u128::from(START_NS / 1_000_000) << 80 | 7 << 76 | 0b10 << 62 | u128::from(self.ids)
    }

    fn batch(&mut self, correlation: u64, make: impl FnOnce(&mut Commands, u128)) -> Batch {
        let mut commands = Commands::new();
        make(&mut commands, self.id());
        let outlet = Arc::clone(&self.outlet) as Arc<dyn Outlet>;
        let count = commands.count() as u16;
        Batch { outlet, correlation, first: 0, count, commands: commands.as_bytes().to_vec() }
    }

    fn send(&mut self, correlation: u64, make: impl FnOnce(&mut Commands, u128)) {
        let batch = self.batch(correlation, make);
        assert!(self.ingress.bets(batch).is_ok());
    }

    fn deposit(&mut self, correlation: u64, amount: i64) {
        self.send(correlation, |commands, id| commands.deposit(id, 7, amount));
    }

    fn turn(&mut self) -> Next {
        self.now += 1_000;
        let now = self.now();
        self.driver.turn(now).unwrap()
    }

    fn turn_until_idle(&mut self) {
        while self.turn() == Next::Again || self.driver.log().in_flight() > 0 {}
    }
}

fn one_by_one() -> LoopConfig {
    LoopConfig { cut_bytes: 1, ..LoopConfig::default() }
}

#[test]
fn nothing_is_answered_before_all_ticks_to_it_are_durable() {
    let mut bench = Bench::new(one_by_one());
    bench.disk.hold_writes();
    for (correlation, amount) in [(1, 10), (2, 20), (3, 30)] {
        bench.deposit(correlation, amount);
        bench.turn();
    }
    assert_eq!(bench.disk.in_flight().len(), 3);
    bench.disk.end(2, Outcome::Done);
    bench.disk.end(1, Outcome::Done);
    bench.turn();
    assert_eq!(bench.outlet.drain(), [], "the first of three ticks is not durable");
    bench.disk.end(0, Outcome::Done);
    bench.turn();
    assert_eq!(
        bench.outlet.drain(),
        [
            Came::Replies(1, 0, vec![(0, 3, 10)]),
            Came::Replies(2, 0, vec![(0, 4, 30)]),
            Came::Replies(3, 0, vec![(0, 5, 60)]),
            Came::Flush,
        ]
    );
}

#[test]
fn a_power_cut_keeps_what_was_answered() {
    for answered in 0..4usize {
        let mut bench = Bench::new(one_by_one());
        bench.disk.hold_writes();
        for correlation in 1..=4 {
            bench.deposit(correlation, 10);
            bench.turn();
        }
        for _ in 0..answered {
            bench.disk.end(0, Outcome::Done);
        }
        bench.turn();
        let replies =
            bench.outlet.drain().into_iter().filter(|came| matches!(came, Came::Replies(..))).count();
        assert_eq!(replies, answered);
        let (engine, log, compared) = open(bench.disk.cut_power(|_, _| false)).unwrap();
        assert_eq!(log.last_tick(), 2 + answered as u64);
        assert!(compared > 0, "the log recorded digests, and the replay met them");
        let mut answer = Vec::new();
        engine.answer(&Query::of(QueryKind::Account, 7), &mut answer);
        let view = AccountView::ref_from_bytes(&answer[size_of::<AnswerHeader>()..]).unwrap();
        assert_eq!(view.available.get(), 10 * answered as i64);
    }
}

#[test]
fn a_failed_append_ends_the_node_without_an_answer() {
    let mut bench = Bench::new(one_by_one());
    bench.disk.hold_writes();
    bench.deposit(1, 10);
    bench.turn();
    bench.disk.end(0, Outcome::Short(512 / 2));
    let now = bench.now();
    assert!(matches!(bench.driver.turn(now), Err(LogError::Append(_))));
    assert_eq!(bench.outlet.drain(), []);
    assert!(matches!(bench.driver.turn(now), Err(LogError::Append(_))), "there is no second try");
}

#[test]
fn a_tick_is_cut_by_idleness_by_size_or_by_age() {
    let config =
        LoopConfig { cut_bytes: 100, cut_after: Duration::from_micros(300), ..LoopConfig::default() };
    let mut bench = Bench::new(config);
    bench.disk.hold_writes();
    let in_flight = |bench: &Bench| bench.disk.in_flight().len();
    bench.deposit(1, 1);
    bench.turn();
    assert_eq!(in_flight(&bench), 1, "nothing was in flight");
    bench.deposit(2, 1);
    let next = bench.turn();
    assert_eq!((in_flight(&bench), next), (1, Next::Sleep(Some(Duration::from_micros(300)))));
    bench.deposit(3, 1);
    bench.deposit(4, 1);
    bench.turn();
    assert_eq!(in_flight(&bench), 2, "144 bytes waited");
    bench.deposit(5, 1);
    bench.turn();
    bench.now += 299_000;
    bench.turn();
    assert_eq!(in_flight(&bench), 3, "300 us have passed");
    for correlation in 6..10 {
        (0..3).for_each(|_| bench.deposit(correlation, 1));
        bench.turn();
        assert_eq!(in_flight(&bench), 4, "at most four ticks are in flight");
    }
}

#[test]
fn an_idle_node_writes_one_mark_and_then_nothing() {
    let mut bench = Bench::new(LoopConfig::default());
    let written = |bench: &Bench| {
        bench.disk.segments().iter().map(|&segment| bench.disk.bytes(segment)).collect::<Vec<_>>()
    };
    let before = written(&bench);
    assert_eq!(bench.turn(), Next::Sleep(Some(Duration::from_micros(1_999))));
    bench.now += 2_000_000;
    bench.turn();
    bench.turn();
    let after = written(&bench);
    assert_ne!(before, after, "the closing mark");
    for _ in 0..100 {
        bench.now += 1_000_000_000;
        assert_eq!(bench.turn(), Next::Sleep(None));
    }
    assert_eq!(written(&bench), after);
}

#[test]
fn reads_do_not_put_off_the_mark_and_a_frame_of_them_takes_turns() {
    let config = LoopConfig { reads_per_turn: 2, ..LoopConfig::default() };
    let mut bench = Bench::new(config);
    bench.deposit(1, 10);
    bench.turn_until_idle();
    let before = bench.disk.bytes(1);
    bench.outlet.drain();
    let outlet = Arc::clone(&bench.outlet) as Arc<dyn Outlet>;
    let queries = vec![Query::of(QueryKind::Account, 7); 9];
    assert!(bench.ingress.reads(Reads { outlet, correlation: 4, first: 0, queries }).is_ok());
    let answer = size_of::<AnswerHeader>() + size_of::<AccountView>();
    let mut firsts = Vec::new();
    for _ in 0..5 {
        bench.now += 1_000_000;
        assert_eq!(bench.turn(), Next::Again, "something was read");
        firsts.extend(bench.outlet.drain().into_iter().filter_map(|came| match came {
            Came::Answers(4, first, bytes) => Some((first, bytes.len() / answer)),
            _ => None,
        }));
    }
    assert_eq!(firsts, [(0, 2), (2, 2), (4, 2), (6, 2), (8, 1)]);
    assert_ne!(bench.disk.bytes(1), before, "the mark was written meanwhile");
}

#[test]
fn winners_are_paid_although_the_clock_went_back() {
    let mut bench = Bench::new(LoopConfig::default());
    let game = GameDefine::simple(10, 3, 1, 100);
    let mut stake_limit = [0.into(); GAME_GROUPS_MAX];
    stake_limit[0] = NO_LIMIT.into();
    let draw = DrawCreate {
        game: 1.into(),
        opens_at: 0.into(),
        closes_at: (START_NS + 60_000_000_000).into(),
        settles_at: (START_NS + 60_000_000_000).into(),
        version: 1.into(),
        currency: PHP.into(),
        cancellable: 1,
        confirmed: 0,
        reserved: [0; 2],
        payout_limit: NO_LIMIT.into(),
        draw_stake_limit: NO_LIMIT.into(),
        draw_payout_limit: NO_LIMIT.into(),
        stake_limit,
    };
    bench.send(1, |commands, id| {
        commands.deposit(id, 7, 10);
        commands.game_define(
            id + (1 << 32),
            1,
            &game,
            &[PlayTable::new(1, Matching::Exact, Prize::by_orders(&[(1, 450, 1)]))],
        );
        commands.draw_create(id + (2 << 32), 9, &draw);
        commands.draw_open(id + (3 << 32), 9);
        commands.ticket_place(id + (4 << 32), 7, &[Bet::new(9, 1, 123, 10)]);
        commands.draw_close(id + (5 << 32), 9);
    });
    bench.turn_until_idle();
    let mut answer = Vec::new();
    bench.driver.engine().answer(&Query::of(QueryKind::Draw, 9), &mut answer);
    let (view, _) = DrawView::ref_from_prefix(&answer[size_of::<AnswerHeader>()..]).unwrap();
    let seal = view.seal;
    bench.send(2, |commands, id| commands.draw_settle(id, 9, seal, &[123]));
    let settled = bench.driver.engine().tick() + 1;
    let now = Now { wall_ns: START_NS - 3_600_000_000_000, monotonic_ns: bench.now().monotonic_ns };
    while bench.driver.turn(now).unwrap() == Next::Again || bench.driver.log().in_flight() > 0 {}
    assert_eq!(bench.driver.engine().tick(), settled + 1, "a tick for the payout, cut at once");
    let mut answer = Vec::new();
    bench.driver.engine().answer(&Query::of(QueryKind::Account, 7), &mut answer);
    let view = AccountView::ref_from_bytes(&answer[size_of::<AnswerHeader>()..]).unwrap();
    assert_eq!(view.available.get(), 4_500);
}

/// Deposits of which one batch fits a frame of these tests, and two do not.
const BATCH: u128 = 700;

#[test]
fn operators_go_first_and_a_batch_that_does_not_fit_waits_its_turn() {
    let mut bench = Bench::new(LoopConfig::default());
    bench.disk.hold_writes();
    let many = |commands: &mut Commands, id: u128| {
        (0..BATCH).for_each(|step| commands.deposit(id + (step << 32), 7, 1))
    };
    bench.send(1, many);
    bench.send(2, many);
    let close = bench.batch(3, |commands, id| commands.draw_close(id, 9));
    assert!(bench.ingress.operators(close).is_ok());
    bench.turn();
    bench.disk.let_writes_go();
    bench.turn_until_idle();
    let firsts: Vec<_> = bench
        .outlet
        .drain()
        .into_iter()
        .filter_map(|came| match came {
            Came::Replies(correlation, _, replies) => Some((correlation, replies.len(), replies[0].1)),
            _ => None,
        })
        .collect();
    assert_eq!(firsts, [(3, 1, 3), (1, BATCH as usize, 3), (2, BATCH as usize, 4)]);
}

#[test]
fn a_full_log_refuses_bets_and_takes_operators() {
    let mut bench = Bench::new(LoopConfig::default());
    // Room for what is there and nothing more: the next segment cannot be made once this one is left.
    bench.disk.set_room(bench.disk.segments().len() as u64 * (1 << 20) + (1 << 20));
    let mut came = Vec::new();
    for correlation in 0.. {
        bench.send(correlation, |commands, id| {
            (0..BATCH).for_each(|step| commands.deposit(id + (step << 32), 7, 1))
        });
        bench.turn_until_idle();
        came.extend(bench.outlet.drain());
        if came.iter().any(|came| matches!(came, Came::Unavailable(..))) {
            assert!(matches!(came.last(), Some(Came::Flush)));
            assert!(came.contains(&Came::Unavailable(correlation, 0, BATCH as u16, Unavailable::LogFull)));
            break;
        }
        assert!(correlation < 1000, "the log never filled");
    }
    let close = bench.batch(5000, |commands, id| commands.draw_close(id, 9));
    assert!(bench.ingress.operators(close).is_ok());
    bench.turn_until_idle();
    let came = bench.outlet.drain();
    assert!(matches!(came.as_slice(), [Came::Replies(5000, 0, _), Came::Flush]), "{came:?}");
}

#[test]
fn a_stop_finishes_what_is_in_flight_and_turns_the_rest_away() {
    let mut bench = Bench::new(one_by_one());
    bench.disk.hold_writes();
    bench.deposit(1, 10);
    bench.turn();
    bench.deposit(2, 10);
    bench.ingress.stop();
    bench.turn();
    assert_eq!(bench.outlet.drain(), [Came::Unavailable(2, 0, 1, Unavailable::ShuttingDown), Came::Flush]);
    bench.disk.let_writes_go();
    while bench.turn() != Next::Stopped {}
    assert_eq!(bench.outlet.drain(), [Came::Replies(1, 0, vec![(0, 3, 10)]), Came::Flush]);
    let (engine, _, _) = open(bench.disk.cut_power(|_, _| false)).unwrap();
    assert_eq!((engine.tick(), engine.digest()), (3, bench.driver.engine().digest()));
}

#[test]
fn reads_are_answered_in_order_around_audits() {
    let mut bench = Bench::new(LoopConfig::default());
    bench.deposit(1, 10);
    bench.turn_until_idle();
    bench.outlet.drain();
    let ledger = Query::of(QueryKind::Ledger, 0);
    let audit = Query::of(QueryKind::Audit, PHP.into());
    let queries = vec![ledger, audit, ledger, audit];
    let outlet = Arc::clone(&bench.outlet) as Arc<dyn Outlet>;
    assert!(bench.ingress.reads(Reads { outlet, correlation: 4, first: 0, queries }).is_ok());
    bench.turn();
    bench.deposit(2, 10);
    bench.turn_until_idle();
    for audit in bench.driver.take_audits().collect::<Vec<_>>() {
        audit.run();
    }
    let came = bench.outlet.drain();
    let at: Vec<_> = came
        .iter()
        .filter_map(|came| match came {
            Came::Answers(4, first, bytes) => Some((*first, bytes.len())),
            _ => None,
        })
        .collect();
    let [ledger, audit] =
        [size_of::<LedgerView>(), size_of::<AuditView>()].map(|body| size_of::<AnswerHeader>() + body);
    let busy = size_of::<AnswerHeader>();
    assert_eq!(at, [(0, ledger), (2, ledger), (3, busy), (1, audit)], "one audit at a time");
    let Some(Came::Answers(_, _, bytes)) = came.iter().rev().nth(1) else {
        panic!("the audit comes last: {came:?}")
    };
    let audit = AuditView::ref_from_bytes(&bytes[size_of::<AnswerHeader>()..]).unwrap();
    assert_eq!((audit.conserved, audit.digest_agrees), (1, 1));
    assert_eq!(audit.accounts.get(), 10, "the cut was taken before the second deposit");
}
