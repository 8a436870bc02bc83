//! Segments are made ahead, and a disk that fills up is told before it is full.

use wal::disk::sim::SimDisk;
use wal::{Log, LogError, LogOptions, Status};

use crate::{BLOCK, acknowledged, append, open, options, try_open};

/// Three frames of this many bytes fill a segment.
const LARGE: usize = 8000;
const SEGMENT: u64 = 32 << 10;

fn fill(log: &mut Log<SimDisk>, frames: usize) {
    for _ in 0..frames {
        append(log, LARGE);
        acknowledged(log);
    }
}

#[test]
fn a_log_rolls_over_segments() {
    let disk = SimDisk::new(BLOCK);
    let controls = disk.controls();
    let (mut log, ..) = open(disk);
    assert_eq!(controls.segments(), [1, 2], "the next is made before it is needed");
    let mut expected = Vec::new();
    for tick in 0..300 {
        expected.push(append(&mut log, tick * 97 % LARGE));
        acknowledged(&mut log);
    }
    let segments = controls.segments();
    assert!(segments.len() > 30, "{segments:?}");
    let (_, recovered, ticks) = open(controls.kill());
    assert_eq!(ticks, expected);
    assert_eq!((recovered.ticks, recovered.segments), (300, segments.len() as u64));
}

/// The next segment is not there when it is needed: the log waits for it, and stays open.
#[test]
fn a_roll_waits_for_a_segment_in_the_making() {
    let disk = SimDisk::new(BLOCK);
    let controls = disk.controls();
    let (mut log, ..) = open(disk);
    controls.hold_making(true);
    fill(&mut log, 9);
    assert_eq!((log.status(), controls.segments().len()), (Status::Open, 3));
}

/// No room for another segment: what is left of this one and the reserve still take what has to be written. With the
/// reserve used up the log stops; room that appears in between opens it again.
#[test]
fn a_full_disk_is_told_early_and_the_reserve_is_used_last() {
    let disk = SimDisk::new(BLOCK);
    let controls = disk.controls();
    controls.set_room(4 * SEGMENT);
    let (mut log, ..) = open(disk);
    let mut seen = Vec::new();
    let error = loop {
        let tick = log.last_tick() + 1;
        assert!(log.begin().expect("a buffer is free").push(&[1; LARGE]));
        match log.append(tick, tick, (0, 0)) {
            Ok(()) => acknowledged(&mut log),
            Err(error) => break error,
        };
        let state = (log.status(), controls.segments().len());
        if seen.last() != Some(&state) {
            seen.push(state);
        }
    };
    // Three segments and the reserve; then the reserve is the fourth, and there is no fifth.
    assert_eq!(seen, [(Status::Open, 2), (Status::Open, 3), (Status::Full, 3), (Status::Full, 4)]);
    assert!(matches!(error, LogError::Exhausted { tick: 13, .. }), "{error}");

    let (log, recovered, _) = open(controls.kill());
    assert_eq!((recovered.tick, log.status()), (12, Status::Open), "a restart finds room if there is any");
}

#[test]
fn room_that_comes_back_opens_the_log_again() {
    let disk = SimDisk::new(BLOCK);
    let controls = disk.controls();
    controls.set_room(3 * SEGMENT);
    let (mut log, ..) = open(disk);
    fill(&mut log, 3);
    assert_eq!(log.status(), Status::Open);
    fill(&mut log, 1);
    assert_eq!(log.status(), Status::Full, "the second segment is in use, and the third cannot be made");
    fill(&mut log, 3);
    assert_eq!((log.status(), controls.segments().len()), (Status::Full, 3), "the reserve is in use");
    controls.set_room(u64::MAX);
    assert_eq!(log.status(), Status::Open);
    fill(&mut log, 30);
    assert_eq!(log.status(), Status::Open);
}

#[test]
fn no_room_for_the_first_segment_is_an_error() {
    let disk = SimDisk::new(BLOCK);
    disk.controls().set_room(SEGMENT - 1);
    let error = try_open(disk, options()).err().expect("there is no room");
    assert!(matches!(error, LogError::Exhausted { tick: 0, .. }), "{error}");
}

/// A segment says with how many frames in flight and in which blocks it is written; a run with other figures goes on
/// in a segment of its own.
#[test]
fn other_figures_open_another_segment() {
    let disk = SimDisk::new(BLOCK);
    let mut controls = disk.controls();
    let (mut log, ..) = open(disk);
    let mut expected = vec![append(&mut log, 100)];
    acknowledged(&mut log);
    let others = [
        LogOptions { frames_in_flight_max: 6, ..options() },
        LogOptions { segment_bytes: 64 << 10, ..options() },
        LogOptions { frame_bytes_max: 4 << 10, ..options() },
        options(),
    ];
    for (run, other) in others.into_iter().enumerate() {
        let disk = controls.kill();
        controls = disk.controls();
        let (mut log, _, ticks) = try_open(disk, other.clone()).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(ticks, expected);
        expected.push(append(&mut log, 200));
        acknowledged(&mut log);
        let sizes: Vec<usize> =
            controls.segments().iter().map(|segment| controls.bytes(*segment).len()).collect();
        assert_eq!(sizes.len(), run + 3, "the one in use and the next are the run's own: {sizes:?}");
        assert_eq!(sizes[run + 1..], [other.segment_bytes as usize; 2]);
    }
}

#[test]
fn options_out_of_bounds_are_refused() {
    let wrong = [
        (LogOptions { frames_in_flight_max: 0, ..options() }, "frames_in_flight_max is 0"),
        (LogOptions { frames_in_flight_max: 65, ..options() }, "frames_in_flight_max is 65"),
        (LogOptions { frame_bytes_max: 0, ..options() }, "frame_bytes_max is 0"),
        (LogOptions { frame_bytes_max: 5000, ..options() }, "frame_bytes_max is 5000"),
        (LogOptions { segment_bytes: 8 << 10, ..options() }, "segment_bytes is 8192"),
        (LogOptions { cluster: None, ..options() }, "no cluster was given"),
        (LogOptions { known_durable_to: 9, ..options() }, "all ticks to 9 are known to have been durable"),
    ];
    for (options, expected) in wrong {
        let error = try_open(SimDisk::new(BLOCK), options).err().expect("it is out of bounds").to_string();
        assert!(error.contains(expected), "{error}");
    }
}
