//! The log on real disks, written through io_uring and with `pwritev2`.

use std::path::Path;
use std::time::Duration;

use tempfile::tempdir;
use wal::{FileDisk, Log, LogOptions, Preference, Recovered};

const CLUSTER: u128 = 0xC0FFEE;

fn options() -> LogOptions {
    LogOptions {
        cluster: Some(CLUSTER),
        segment_bytes: 64 << 10,
        frame_bytes_max: 8 << 10,
        frames_in_flight_max: 4,
        ..LogOptions::default()
    }
}

type Ticks = Vec<(u64, u64, u32, Vec<u8>)>;

fn open(dir: &Path, preference: Preference) -> (Log<FileDisk>, Recovered, Ticks) {
    let disk = FileDisk::open(dir, preference).expect("the directory is free");
    let mut ticks = Ticks::new();
    let (log, recovered) = wal::open(disk, options(), &mut |frame| {
        let header = frame.header;
        ticks.push((header.tick.get(), header.time.get(), header.count.get(), frame.commands.to_vec()));
        Ok(())
    })
    .expect("the log is sound");
    (log, recovered, ticks)
}

/// What tick `tick` holds: from none to a few commands of its own bytes.
fn commands(tick: u64) -> Vec<u8> {
    vec![tick as u8 | 1; (tick % 50) as usize * 56]
}

/// Appends and applies ticks to `last`, with as many in flight as there are buffers.
fn write_to(log: &mut Log<FileDisk>, last: u64) {
    let mut applied = log.durable_to();
    while applied < last {
        while log.last_tick() < last {
            let tick = log.last_tick() + 1;
            let Some(mut frame) = log.begin() else { break };
            assert!(frame.push_many(&commands(tick), (tick % 50) as u32));
            log.append(tick, tick * 1000, (applied, applied ^ 7)).expect("the disk takes it");
        }
        log.wait(None).expect("the disk works");
        log.reap().expect("the disk works");
        while let Some(frame) = log.next_durable() {
            assert_eq!((frame.tick, frame.time), (applied + 1, frame.tick * 1000));
            assert_eq!(log.commands(&frame), commands(frame.tick));
            applied = frame.tick;
            log.release(frame);
        }
    }
}

#[test]
fn what_one_writer_wrote_the_other_goes_on_with() {
    let home = tempdir().expect("a temporary directory");
    let mut expected = Ticks::new();
    for (run, preference) in
        [Preference::Blocking, Preference::Best, Preference::Blocking].into_iter().enumerate()
    {
        let (mut log, recovered, ticks) = open(home.path(), preference);
        assert_eq!(ticks, expected);
        assert_eq!(
            (recovered.tick, recovered.epoch, recovered.torn),
            (run as u64 * 150, run as u64 + 1, None)
        );
        let last = (run as u64 + 1) * 150;
        write_to(&mut log, last);
        expected = (1..=last).map(|tick| (tick, tick * 1000, (tick % 50) as u32, commands(tick))).collect();
    }
}

/// A wake that comes before the wait ends it; without one it lasts until the timeout. Both ways, again and again.
#[test]
fn a_waker_ends_a_wait() {
    for preference in [Preference::Best, Preference::Blocking] {
        let home = tempdir().expect("a temporary directory");
        let (mut log, ..) = open(home.path(), preference);
        let waker = log.waker();
        for _ in 0..3 {
            std::thread::scope(|scope| {
                scope.spawn(|| waker.wake());
                log.wait(None).expect("the disk works");
            });
            log.reap().expect("the disk works");
            log.wait(Some(Duration::from_millis(1))).expect("a timeout is no error");
            log.reap().expect("the disk works");
        }
    }
}

/// Dropping a log with writes in flight waits for them, and what was written is found again.
#[test]
fn a_log_may_be_dropped_in_flight() {
    for preference in [Preference::Best, Preference::Blocking] {
        let home = tempdir().expect("a temporary directory");
        for run in 0..10 {
            let (mut log, recovered, ticks) = open(home.path(), preference);
            assert_eq!((recovered.tick, ticks.len()), (run * 4, run as usize * 4));
            for tick in run * 4 + 1..=run * 4 + 4 {
                assert!(log.begin().expect("a buffer is free").push(&[3; 4000]));
                log.append(tick, tick, (0, 0)).expect("the disk takes it");
            }
        }
    }
}

#[test]
fn a_directory_that_cannot_be_written_is_an_error() {
    let home = tempdir().expect("a temporary directory");
    let file = home.path().join("file");
    std::fs::write(&file, "").expect("there is room");
    let error = FileDisk::open(&file, Preference::Best).err().expect("a file is no directory");
    assert!(error.to_string().starts_with("cannot make the directory"), "{error}");
}
