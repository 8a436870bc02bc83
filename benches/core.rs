//! What a bet costs in each piece of its way: `cargo bench --bench core`.
//!
//! - `parse`: the edge's check of 292 one-bet tickets, which is 16 KiB.
//! - `apply`: a tick of as many, on a ledger that keeps growing while it is measured.
//! - `append`: a tick of as many made durable, one at a time and four in flight, in the directory for temporary files.

use std::hint::black_box;

use benches::{Ledger, START_NS};
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use engine::command::{Commands, Lane, parse};
use wal::{FileDisk, Log, LogOptions, Preference};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// One-bet tickets that fill 16 KiB, the size at which a tick is cut.
const TICKETS: usize = (16 << 10) / 56;

fn parsing(criterion: &mut Criterion) {
    let mut commands = Commands::new();
    Ledger::new(1000, 1).tickets(&mut commands, TICKETS);
    let mut group = criterion.benchmark_group("parse");
    group.throughput(Throughput::Elements(TICKETS as u64));
    group.bench_function("one-bet tickets", |bench| {
        bench.iter(|| {
            let mut rest = commands.as_bytes();
            while !rest.is_empty() {
                let command = parse(black_box(rest), Some(Lane::Bets)).expect("tickets are well formed");
                rest = &rest[command.bytes.len()..];
            }
        });
    });
    group.finish();
}

fn applying(criterion: &mut Criterion) {
    let mut ledger = Ledger::new(100_000, 3);
    let mut group = criterion.benchmark_group("apply");
    group.throughput(Throughput::Elements(TICKETS as u64)).sample_size(20);
    group.bench_function("one-bet tickets", |bench| {
        // A tick changes the ledger, so each is made anew, outside the time measured.
        let shared = std::cell::RefCell::new(&mut ledger);
        bench.iter_batched(
            || {
                let mut commands = Commands::new();
                shared.borrow_mut().tickets(&mut commands, TICKETS);
                commands
            },
            |commands| shared.borrow_mut().apply(commands.as_bytes()),
            BatchSize::PerIteration,
        );
    });
    group.finish();
}

fn appending(criterion: &mut Criterion) {
    let mut commands = Commands::new();
    Ledger::new(1000, 1).tickets(&mut commands, TICKETS);
    let directory = tempfile::tempdir().expect("a directory for temporary files");
    let disk = FileDisk::open(directory.path(), Preference::Best).expect("an empty directory opens");
    let options = LogOptions { cluster: Some(1), ..LogOptions::default() };
    let (mut log, _) = wal::open(disk, options, &mut |_| Ok(())).expect("a fresh log opens");
    let mut tick = 0;
    let mut group = criterion.benchmark_group(format!("append by {}", log.disk_name()));
    group.throughput(Throughput::Bytes((TICKETS * 56) as u64)).sample_size(20);
    group.bench_function("16 KiB, alone", |bench| {
        bench.iter(|| {
            append(&mut log, &mut tick, commands.as_bytes());
            while log.in_flight() > 0 {
                await_one(&mut log);
            }
        });
    });
    group.bench_function("16 KiB, four in flight", |bench| {
        bench.iter(|| {
            while log.in_flight() >= 4 {
                await_one(&mut log);
            }
            append(&mut log, &mut tick, commands.as_bytes());
        });
    });
    group.finish();
}

fn append(log: &mut Log<FileDisk>, tick: &mut u64, commands: &[u8]) {
    *tick += 1;
    let fits = log.begin().expect("a buffer is free").push_many(commands, TICKETS as u32);
    assert!(fits, "a frame holds 16 KiB");
    log.append(*tick, START_NS + *tick, (0, 0)).expect("the disk writes");
}

fn await_one(log: &mut Log<FileDisk>) {
    log.wait(None).expect("the disk writes");
    log.reap().expect("the disk writes");
    while let Some(frame) = log.next_durable() {
        log.release(frame);
    }
}

criterion_group!(benches, parsing, applying, appending);
criterion_main!(benches);
