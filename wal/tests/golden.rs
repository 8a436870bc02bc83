//! A log written by format 1 stays readable for ever.
//!
//! `golden/format-1/00000000000000000001.log` holds three ticks of 0, 1 and 30 commands, a closing mark, and then, of
//! a second run with its own epoch, one tick more. To make one for a new format, run the ignored test.

use std::fs;
use std::path::Path;

use wal::disk::sim::{Controls, SimDisk};
use wal::{FileDisk, Log, LogOptions, Preference};

const GOLDEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/format-1/00000000000000000001.log");
const CLUSTER: u128 = 0x746F_7465;

fn options() -> LogOptions {
    LogOptions {
        cluster: Some(CLUSTER),
        apply_version: 3,
        segment_bytes: 16 << 10,
        frame_bytes_max: 4 << 10,
        frames_in_flight_max: 4,
        known_durable_to: 0,
    }
}

/// The commands of a tick: `count` of 56 bytes each.
fn commands(tick: u64, count: u32) -> Vec<u8> {
    (0..count * 56).map(|at| (u64::from(at) * 31 + tick * 7) as u8).collect()
}

fn write(log: &mut Log<SimDisk>, count: u32) {
    let tick = log.last_tick() + 1;
    assert!(log.begin().expect("a buffer is free").push_many(&commands(tick, count), count));
    log.append(tick, 1_700_000_000_000_000_000 + tick, (log.durable_to(), 0xD16E57 + log.durable_to()))
        .expect("there is room");
    log.reap().expect("the disk works");
    while let Some(frame) = log.next_durable() {
        log.release(frame);
    }
}

/// Writes the golden log on a simulated disk.
fn written() -> Controls {
    let disk = SimDisk::new(512);
    let controls = disk.controls();
    let (mut log, _) = wal::open(disk, options(), &mut |_| Ok(())).expect("a fresh log");
    [0, 1, 30].iter().for_each(|count| write(&mut log, *count));
    log.close_mark((3, 0xD16E5A)).expect("the disk works");
    log.reap().expect("the disk works");
    let disk = controls.kill();
    let controls = disk.controls();
    let (mut log, _) = wal::open(disk, options(), &mut |_| Ok(())).expect("the log is sound");
    write(&mut log, 2);
    controls
}

#[test]
fn format_1_is_written_as_it_was() {
    assert!(
        written().bytes(1) == fs::read(GOLDEN).expect("it is committed"),
        "the bytes of format 1 have changed"
    );
}

#[test]
fn format_1_is_read_as_it_was() {
    let home = tempfile::tempdir().expect("a temporary directory");
    let name = Path::new(GOLDEN).file_name().expect("it has a name");
    fs::copy(GOLDEN, home.path().join(name)).expect("it is committed");
    let disk = FileDisk::open(home.path(), Preference::Best).expect("a fresh directory");
    let mut ticks = Vec::new();
    let (log, recovered) = wal::open(disk, LogOptions { cluster: None, ..options() }, &mut |frame| {
        let header = frame.header;
        assert_eq!(frame.commands, commands(header.tick.get(), header.count.get()));
        ticks.push([
            u64::from(header.apply_version.get()),
            header.epoch.get(),
            header.tick.get(),
            header.time.get() - 1_700_000_000_000_000_000,
            u64::from(header.count.get()),
            header.durable_to.get(),
            header.applied_tick.get(),
            header.applied_digest.get() - 0xD16E57,
        ]);
        Ok(())
    })
    .expect("format 1 is readable");
    assert_eq!(
        ticks,
        [
            [3, 1, 1, 1, 0, 0, 0, 0],
            [3, 1, 2, 2, 1, 1, 1, 1],
            [3, 1, 3, 3, 30, 2, 2, 2],
            [3, 2, 4, 4, 2, 3, 3, 3]
        ]
    );
    assert_eq!((log.cluster(), recovered.epoch, recovered.torn), (CLUSTER, 3, None));
}

#[test]
#[ignore = "writes the file that the other tests compare with"]
fn write_the_golden_log() {
    fs::create_dir_all(Path::new(GOLDEN).parent().expect("it lies in a directory")).expect("it can be made");
    fs::write(GOLDEN, written().bytes(1)).expect("it can be written");
}
