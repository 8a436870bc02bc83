//! Digests around a quarantine: those of before its record are passed over, all others are held to.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::sync::Arc;

use engine::command::{CommandName, Commands};
use engine::query::{AccountView, AnswerHeader, Query, QueryKind};
use engine::{Alone, Engine, TickPlace};
use host::driver::{Driver, Next, Now};
use host::quarantine::Record;
use host::replay::Replay;
use host::{Batch, Fatal, Ingress, LedgerConfig, LoopConfig, Outlet, Unavailable};
use wal::disk::sim::{Controls, SimDisk};
use wal::{Log, LogError, LogOptions};
use zerocopy::FromBytes;

const PHP: u16 = 608;
const ACCOUNT: u64 = 7;
const START_NS: u64 = 1_767_225_600_000_000_000;

fn options() -> LogOptions {
    LogOptions {
        cluster: Some(1),
        segment_bytes: 1 << 20,
        frame_bytes_max: 64 << 10,
        apply_version: engine::APPLY_VERSION,
        ..LogOptions::default()
    }
}

/// Nobody hears the answers.
struct Nobody;

impl Outlet for Nobody {
    fn replies(&self, _: u64, _: u16, _: u16, _: &[u8]) {}
    fn answers(&self, _: u64, _: u16, _: u16, _: &[u8]) {}
    fn unavailable(&self, _: u64, _: u16, _: u16, _: Unavailable) {}
    fn flush(&self) {}
}

fn id(unique: u64) -> u128 {
    u128::from(START_NS / 1_000_000) << 80 | 7 << 76 | 0b10 << 62 | u128::from(unique)
}

/// A node whose crank the test turns.
struct Bench {
    driver: Driver<SimDisk, Alone>,
    ingress: Ingress,
    now: u64,
}

impl Bench {
    fn go_on(engine: Engine, log: Log<SimDisk>) -> Bench {
        let now = engine.time().max(START_NS);
        // Every batch is a tick, so that every digest is recorded.
        let config = LoopConfig { cut_bytes: 1, ticks_in_flight: 1, ..LoopConfig::default() };
        let (driver, ingress) = Driver::new(engine, log, Alone(1), config);
        Bench { driver, ingress, now }
    }

    fn now(&mut self) -> Now {
        self.now += 1_000;
        Now { wall_ns: self.now, monotonic_ns: self.now - START_NS }
    }

    fn send(&mut self, make: impl FnOnce(&mut Commands)) {
        let mut commands = Commands::new();
        make(&mut commands);
        let (count, commands) = (commands.count() as u16, commands.as_bytes().to_vec());
        let batch = Batch { outlet: Arc::new(Nobody), correlation: 1, first: 0, count, commands };
        assert!(self.ingress.bets(batch).is_ok());
        loop {
            let now = self.now();
            if self.driver.turn(now).unwrap() != Next::Again && self.driver.log().in_flight() == 0 {
                break;
            }
        }
    }
}

/// Ticks 1 to 8: genesis, an account, and six deposits of 1, 10, 100 and so on.
fn six_deposits() -> Controls {
    let disk = SimDisk::new(512);
    let controls = disk.controls();
    let (log, _) = wal::open(disk, options(), &mut |_| Ok(())).unwrap();
    let mut bench = Bench::go_on(Engine::new(), log);
    let mut genesis = Commands::new();
    genesis.genesis(&LedgerConfig::default().genesis(1, [2, 3]));
    let now = bench.now();
    bench.driver.begin(genesis.as_bytes(), now).unwrap();
    bench.send(|commands| commands.account_open(id(1), ACCOUNT, PHP));
    for power in 0..6 {
        bench.send(|commands| commands.deposit(id(10 + u64::from(power)), ACCOUNT, 10i64.pow(power)));
    }
    assert_eq!(bench.driver.engine().tick(), 8);
    controls
}

/// Appends the record that sets a command aside, as the operator's tool does.
fn record(disk: SimDisk, name: CommandName) -> Record {
    let (mut log, recovered) = wal::open(disk, options(), &mut |_| Ok(())).unwrap();
    let (recorded, time) = (recovered.tick + 1, recovered.time + 1);
    let mut commands = Commands::new();
    commands.quarantine(id(1_000), name, "Ana", "why");
    assert!(log.begin().unwrap().push(commands.as_bytes()));
    log.append(recorded, time, (0, 0)).unwrap();
    log.reap().unwrap();
    assert_eq!(log.in_flight(), 0);
    Record { name, recorded, time, who: "Ana".into(), why: "why".into() }
}

/// Replays with these commands set aside.
fn replay(disk: SimDisk, aside: &[Record]) -> Result<(Replay<Alone>, Log<SimDisk>), LogError> {
    let mut replay = Replay::new(Engine::new(), Alone(2));
    replay.set_aside(aside);
    let (log, _) = wal::open(disk, options(), &mut |frame| replay.frame(frame))?;
    Ok((replay, log))
}

fn stopped_by(result: Result<(Replay<Alone>, Log<SimDisk>), LogError>) -> Fatal {
    let Err(LogError::Replay { source, .. }) = result else { panic!("it stops") };
    *source.0.downcast::<Fatal>().unwrap()
}

fn available(engine: &Engine) -> i64 {
    let mut answer = Vec::new();
    engine.answer(&Query::of(QueryKind::Account, ACCOUNT), &mut answer);
    AccountView::ref_from_bytes(&answer[size_of::<AnswerHeader>()..]).unwrap().available.get()
}

fn power_cut(controls: &Controls) -> SimDisk {
    controls.cut_power(|_, _| false)
}

#[test]
fn digests_of_before_a_record_are_passed_over_and_all_others_are_held_to() {
    let controls = six_deposits();
    let (whole, _) = replay(power_cut(&controls), &[]).unwrap();
    assert_eq!((whole.digests_compared, whole.digests_passed_over), (7, 0));
    // The third deposit, of 100.
    let after = power_cut(&controls);
    let controls = after.controls();
    let aside = record(after, CommandName { tick: 5, index: 0 });
    assert_eq!(aside.recorded, 9);

    let after = power_cut(&controls);
    let controls = after.controls();
    let (replayed, log) = replay(after, std::slice::from_ref(&aside)).unwrap();
    // Frames 6 to 8 tell the digests after ticks 5 to 7, of a ledger that had the deposit.
    assert_eq!((replayed.digests_compared, replayed.digests_passed_over), (4, 3));
    let (engine, _) = replayed.into_parts();
    assert_eq!(available(&engine), 111_011);

    // What is written from here on is held to again, and the id is free.
    let mut bench = Bench::go_on(engine, log);
    bench.send(|commands| commands.deposit(id(12), ACCOUNT, 100));
    bench.send(|commands| commands.deposit(id(12), ACCOUNT, 100));
    assert_eq!(available(bench.driver.engine()), 111_111, "once and no more");
    let digest = bench.driver.engine().digest();
    let again = |aside: &[Record]| replay(power_cut(&controls), aside);
    let (replayed, _) = again(std::slice::from_ref(&aside)).unwrap();
    assert_eq!((replayed.digests_compared, replayed.digests_passed_over), (6, 3));
    assert_eq!(replayed.into_parts().0.digest(), digest);

    // Not told of the record, a replay goes as before up to it, and no further.
    let fatal = stopped_by(again(&[]));
    assert!(matches!(fatal, Fatal::QuarantineMissed { recorded: 9, .. }), "{fatal}");
    // What no record sets aside must not be left out: the next digest tells.
    let other = Record { name: CommandName { tick: 4, index: 0 }, recorded: 4, ..aside.clone() };
    let fatal = stopped_by(again(&[aside, other]));
    assert!(matches!(fatal, Fatal::DigestDiffers { tick: 4, .. }), "{fatal}");
}

#[test]
fn a_panic_tells_where_it_was_and_what_can_be_done() {
    let told = |place| Fatal::ApplyPanicked { tick: 12, place, data: "tote-data".into() }.to_string();
    let command = told(TickPlace::Command(3));
    assert!(command.starts_with("apply panicked at command 3 of tick 12: "), "{command}");
    let line = "`tote quarantine tote-data --tick 12 --command 3 --by WHO --because WHY`";
    assert!(command.contains(line), "{command}");
    assert!(told(TickPlace::From(3)).contains("start with `--shards 1`"));
    assert!(told(TickPlace::DueWork).contains("no command of this tick is the cause"));
}
