//! Commands that are set aside: the ledger is that of the same ticks without them, on any number of shards, and their
//! ids are free again. Their records are rows of the ledger.

use engine::command::{
    Bet, CommandName, Commands, GameDefine, Matching, PlayTable, Prize, QUARANTINES_MAX, command_len,
};
use engine::refusal::Refusal;
use engine::reply::Reply;
use engine::{Alone, Engine, Outbox, Tick};
use tests::bridge;
use tests::model::{MS, Parameters, SECOND};
use tests::pair::START;
use tests::traffic::Random;
use tests::twins::unlimited;

const ACCOUNTS: u64 = 40;
const DRAWS: u32 = 3;
const SHARDS: [usize; 5] = [1, 2, 3, 8, 16];
/// Ticks of a stream, genesis and the opening aside.
const TICKS: u64 = 12;
const COMMANDS: u64 = 150;

fn id(time: u64, unique: u64) -> u128 {
    bridge::id(time / MS, unique)
}

/// Commands of a tick, each apart.
fn split(commands: &Commands) -> Vec<Vec<u8>> {
    let (mut rest, mut all) = (commands.as_bytes(), Vec::new());
    while let Some(len) = command_len(rest) {
        all.push(rest[..len].to_vec());
        rest = &rest[len..];
    }
    all
}

/// A game, its draws, and accounts that have little.
fn opening(time: u64) -> Commands {
    let mut commands = Commands::new();
    let mut unique = 1_000;
    let mut next = || {
        unique += 1;
        id(time, unique)
    };
    let game = GameDefine::simple(10, 3, 1_00, 500_00);
    let prizes = Prize::by_orders(&[(1, 450, 1)]);
    commands.game_define(next(), 1, &game, &[PlayTable::new(1, Matching::Exact, prizes)]);
    for draw in 1..=DRAWS {
        let mut create = unlimited(START + 3_600 * SECOND, 1);
        create.stake_limit[0] = 2_000_00.into();
        commands.draw_create(next(), draw, &create);
        commands.draw_open(next(), draw);
    }
    for account in 1..=ACCOUNTS {
        commands.account_open(next(), account, 608);
        commands.deposit(next(), account, 2_000_00);
    }
    commands
}

/// Tickets, deposits and withdrawals, with a transfer or a cancel now and then: runs, and fences between them.
fn traffic(random: &mut Random, tick: u64, time: u64) -> Commands {
    let mut commands = Commands::new();
    for unique in 0..COMMANDS {
        let (id, account) = (id(time, tick << 20 | unique), 1 + random.below(ACCOUNTS));
        let bet = |random: &mut Random| {
            let number = random.below(8) as u16;
            Bet::new(1 + random.below(DRAWS.into()) as u32, 1, number, (1 + random.below(40) as i64) * 1_00)
        };
        match random.below(40) {
            0 => commands.transfer(id, account, 1 + random.below(ACCOUNTS), 5_00),
            1 => commands.ticket_cancel(id, account, self::id(time - MS, (tick - 1) << 20 | unique)),
            2..=4 => commands.deposit(id, account, 30_00),
            5 => commands.withdraw(id, account, 20_00),
            6..=20 => {
                let bets = [bet(random), bet(random), bet(random)];
                commands.ticket_place(id, account, &bets);
            }
            _ => commands.ticket_place(id, account, &[bet(random)]),
        }
    }
    commands
}

/// Ticks from genesis on, as bytes; tick `n` is at `n - 1`, one millisecond after the one before.
fn stream(seed: u64) -> Vec<Vec<Vec<u8>>> {
    let mut random = Random::new(seed);
    let mut ticks = vec![vec![bridge::genesis(&Parameters::default())], split(&opening(START + MS))];
    ticks.extend((3..3 + TICKS).map(|tick| split(&traffic(&mut random, tick, time_of(tick)))));
    ticks
}

fn time_of(tick: u64) -> u64 {
    START + (tick - 1) * MS
}

/// One tick; the codes of its replies.
fn step(engine: &mut Engine, shards: usize, commands: &[Vec<u8>]) -> Vec<u16> {
    let mut out = Outbox::default();
    let number = engine.tick() + 1;
    let tick = Tick { number, time: time_of(number), commands: &commands.concat() };
    engine.apply_on(&tick, &mut out, &mut Alone(shards));
    assert_eq!(out.mark.read(), None, "the tick is over");
    let (mut rest, mut codes) = (&out.replies[..], Vec::new());
    while let Some((reply, behind)) = Reply::split(rest) {
        codes.push(reply.header.code.get());
        rest = behind;
    }
    assert_eq!((out.count, out.accepted), (codes.len(), codes.iter().filter(|code| **code == 0).count()));
    codes
}

fn name(tick: u64, index: u32) -> CommandName {
    CommandName { tick, index }
}

/// First, last and neighbouring commands, and places that no command has.
fn names() -> Vec<CommandName> {
    let last = COMMANDS as u32 - 1;
    let mut names: Vec<_> = [0, 1, 50, 51, 100, last, last + 1].map(|index| name(5, index)).into();
    names.extend([name(9, 77), name(4, 3), name(9, u32::MAX), name(1, 0), name(99, 0)]);
    // In any order, and one of them twice.
    names.extend([name(7, 20), name(7, 10), name(5, 50)]);
    names
}

#[test]
fn a_ledger_is_that_of_its_ticks_without_what_is_set_aside() {
    for seed in 0..4 {
        let ticks = stream(seed);
        let (mut without, mut accepted) = (Engine::new(), 0);
        let mut engines: Vec<(usize, Engine)> = SHARDS.map(|shards| (shards, Engine::new())).into();
        engines.iter_mut().for_each(|(_, engine)| engine.set_aside(names()));
        for (tick, commands) in (1..).zip(&ticks) {
            let is_aside = |place: usize| tick > 1 && names().contains(&name(tick, place as u32));
            let kept: Vec<Vec<u8>> = commands
                .iter()
                .enumerate()
                .filter(|(place, _)| !is_aside(*place))
                .map(|(_, it)| it.clone())
                .collect();
            let mut left = step(&mut without, 1, &kept).into_iter();
            let of_all = |place| if is_aside(place) { 3200 } else { left.next().expect("a reply") };
            let expected: Vec<u16> = (0..commands.len()).map(of_all).collect();
            accepted += expected.iter().filter(|code| **code == 0).count();
            for (shards, engine) in &mut engines {
                assert_eq!(step(engine, *shards, commands), expected, "tick {tick} on {shards} shards");
                assert_eq!(engine.digest(), without.digest(), "tick {tick} on {shards} shards");
            }
        }
        let all = ticks.iter().map(Vec::len).sum::<usize>();
        assert!(accepted > all / 3 && accepted < all, "{accepted} of {all}: much is taken, and not all");
    }
}

#[test]
fn a_record_is_state_and_its_command_can_be_sent_again() {
    let ticks = stream(7);
    let aside = name(6, 33);
    let is_in_vain = |engine: &Engine| engine.missed_quarantine().is_some();
    let mut digests = Vec::new();
    for shards in SHARDS {
        let mut engine = Engine::new();
        engine.set_aside([aside]);
        ticks.iter().for_each(|commands| {
            step(&mut engine, shards, commands);
        });
        let before = engine.digest();
        let mut record = Commands::new();
        let now = time_of(engine.tick() + 1);
        record.quarantine(id(now, 1), aside, "Ana", "it fails on replay");
        record.quarantine(id(now, 2), aside, "Ben", "the same again");
        record.quarantine(id(now, 3), name(engine.tick() + 9, 0), "Ana", "there is no such tick");
        let misplaced = Refusal::QuarantineMisplaced as u16;
        assert_eq!(step(&mut engine, shards, &split(&record)), [0, 0, misplaced]);
        assert_ne!(engine.digest(), before, "who and why are part of the state");
        assert_eq!((engine.cut().audit(608).digest_agrees, is_in_vain(&engine)), (1, false));
        let again = vec![ticks[5][33].clone()];
        assert_eq!(step(&mut engine, shards, &again), step(&mut engine, shards, &again), "now and repeated");
        digests.push(engine.digest());
    }
    assert!(digests.iter().all(|digest| *digest == digests[0]), "{digests:x?}");
}

#[test]
fn a_record_that_comes_too_late_is_told() {
    let ticks = stream(1);
    let mut engine = Engine::new();
    engine.set_aside([name(5, 2)]);
    ticks.iter().take(8).for_each(|commands| {
        step(&mut engine, 1, commands);
    });
    let mut record = Commands::new();
    let now = time_of(engine.tick() + 1);
    record.quarantine(id(now, 1), name(5, 2), "Ana", "known from the first");
    record.quarantine(id(now, 2), name(5, 3), "Ana", "not known");
    assert_eq!(step(&mut engine, 1, &split(&record)), [0, Refusal::QuarantineMisplaced as u16]);
    assert_eq!(engine.missed_quarantine(), Some(name(5, 3)));
}

#[test]
fn records_have_a_bound() {
    let all: Vec<CommandName> = (0..=QUARANTINES_MAX).map(|index| name(2, index)).collect();
    let mut engine = Engine::new();
    engine.set_aside(all.iter().copied());
    stream(1).iter().take(2).for_each(|commands| {
        step(&mut engine, 1, commands);
    });
    let mut records = Commands::new();
    let now = time_of(engine.tick() + 1);
    for (unique, name) in (1..).zip(&all) {
        records.quarantine(id(now, unique), *name, "Ana", "why not");
    }
    let codes = step(&mut engine, 1, &split(&records));
    assert_eq!(codes.iter().filter(|code| **code == 0).count() as u32, QUARANTINES_MAX);
    assert_eq!(codes.last(), Some(&(Refusal::CapacityReached as u16)));
    assert_eq!(engine.cut().audit(608).digest_agrees, 1);
}
