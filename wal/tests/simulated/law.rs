//! The table of what can be found in a log's files, and what is said about it.

use std::fmt::Write;

use wal::disk::sim::{Controls, SimDisk};
use wal::{Evidence, LogError, LogOptions};

use crate::{BLOCK, acknowledged, append, open, options, try_open};

/// A log of one segment: the epoch frame at 4096, then ten ticks of three sectors each from 4608 on, one in flight
/// at a time, each knowing that the one before is durable; and the closing mark at 19968.
fn sample() -> Controls {
    let disk = SimDisk::new(BLOCK);
    let controls = disk.controls();
    let (mut log, ..) = open(disk);
    for _ in 0..10 {
        append(&mut log, 1200);
        acknowledged(&mut log);
    }
    log.close_mark((10, 0)).expect("the disk works");
    acknowledged(&mut log);
    controls
}

/// Where tick `tick` of [`sample`] begins.
fn at(tick: usize) -> usize {
    4608 + (tick - 1) * 1536
}
const MARK: usize = 4608 + 10 * 1536;

/// Opens what is there, and says in a line what came of it.
fn verdict(controls: &Controls, options: LogOptions) -> String {
    let mut line = String::new();
    match try_open(controls.kill(), options) {
        Ok((_, recovered, ticks)) => {
            assert_eq!(recovered.tick, ticks.len() as u64);
            write!(line, "{} ticks", ticks.len()).expect("a string takes it");
            if let Some(torn) = recovered.torn {
                write!(line, ", torn in {} at {}", torn.file, torn.offset).expect("a string takes it");
            }
        }
        Err(LogError::Damage { file, offset, tick, evidence }) => {
            let kind = match evidence {
                Evidence::WasDurable { tick, durable_to, .. } => format!("{tick} says {durable_to} durable"),
                Evidence::TooFarAhead { tick, in_flight_max, .. } => {
                    format!("{tick} is over {in_flight_max} ahead")
                }
                Evidence::NotCutShort => "not cut short".to_owned(),
                Evidence::KnownElsewhere { durable_to } => format!("{durable_to} known durable"),
            };
            write!(line, "damage of tick {tick} in {file} at {offset}: {kind}").expect("a string takes it");
        }
        Err(error) => line = error.to_string(),
    }
    line
}

/// Edits the sample's segment and tells the verdict.
fn edited(edit: impl FnOnce(&mut Vec<u8>)) -> String {
    let controls = sample();
    let mut bytes = controls.bytes(1);
    edit(&mut bytes);
    controls.put(1, bytes);
    verdict(&controls, options())
}

#[test]
fn damage_is_told_from_a_torn_tail() {
    type Edit = fn(&mut Vec<u8>);
    let cases: [(&str, Edit, &str); 14] = [
        ("untouched", |_| {}, "10 ticks"),
        ("the mark was never written", |bytes| bytes[MARK..][..512].fill(0), "10 ticks"),
        ("the last tick and the mark were never written", |bytes| bytes[at(10)..].fill(0), "9 ticks"),
        (
            "a sector of the last tick is missing, and the mark behind it says that it was durable",
            |bytes| bytes[at(10) + 512..][..512].fill(0),
            "damage of tick 10 in 1.log at 18432: 10 says 10 durable",
        ),
        (
            "a sector of the last tick is missing, and nothing is behind it",
            |bytes| {
                bytes[at(10) + 512..][..512].fill(0);
                bytes[MARK..].fill(0);
            },
            "9 ticks, torn in 1.log at 18432",
        ),
        (
            "the last tick's header is missing, and nothing is behind it",
            |bytes| {
                bytes[at(10)..][..512].fill(0);
                bytes[MARK..].fill(0);
            },
            "9 ticks, torn in 1.log at 18432",
        ),
        (
            "a bit of the last tick's body has turned",
            |bytes| {
                bytes[at(10) + 600] ^= 1;
                bytes[MARK..].fill(0);
            },
            "damage of tick 10 in 1.log at 18432: not cut short",
        ),
        (
            "a bit of the last tick's header has turned",
            |bytes| {
                bytes[at(10) + 30] ^= 1;
                bytes[MARK..].fill(0);
            },
            "damage of tick 10 in 1.log at 18432: not cut short",
        ),
        (
            "a bit of the mark has turned",
            |bytes| bytes[MARK + 3] ^= 1,
            "damage of tick 11 in 1.log at 19968: not cut short",
        ),
        (
            "a tick in the middle is gone",
            |bytes| bytes[at(5)..at(6)].fill(0),
            "damage of tick 5 in 1.log at 10752: 6 says 5 durable",
        ),
        (
            "a tick near the end is gone",
            |bytes| bytes[at(8)..at(9)].fill(0),
            "damage of tick 8 in 1.log at 15360: 9 says 8 durable",
        ),
        (
            "a tick is there twice",
            |bytes| bytes.copy_within(at(4)..at(5), at(5)),
            "damage of tick 5 in 1.log at 10752: 6 says 5 durable",
        ),
        (
            "the last tick is there twice",
            |bytes| bytes.copy_within(at(10)..MARK, MARK),
            "damage of tick 11 in 1.log at 19968: not cut short",
        ),
        (
            "something else was written far behind the end",
            |bytes| bytes[30000..30100].fill(9),
            "10 ticks, torn in 1.log at 20480",
        ),
    ];
    for (name, edit, expected) in cases {
        assert_eq!(edited(edit), expected, "{name}");
    }
}

/// Frames that were in flight together know nothing of each other's durability; how far they lie apart tells.
#[test]
fn a_frame_too_far_ahead_is_damage() {
    let disk = SimDisk::new(BLOCK);
    let controls = disk.controls();
    let (mut log, ..) = open(disk);
    controls.hold_writes();
    (0..4).for_each(|_| _ = append(&mut log, 1200));
    assert_eq!(
        verdict(&controls.cut_power(|_, offset| offset >= at(2) as u64).controls(), options()),
        "0 ticks, torn in 1.log at 4608"
    );

    // A segment that says that two frames are in flight at most, with the frames of a log that had four.
    let narrow = SimDisk::new(BLOCK);
    let header = narrow.controls();
    drop(try_open(narrow, LogOptions { frames_in_flight_max: 2, ..options() }));
    let mut bytes = controls.kill().controls().bytes(1);
    bytes[..4096].copy_from_slice(&header.bytes(1)[..4096]);
    for (missing, expected) in [
        (1, "damage of tick 1 in 1.log at 4608: 3 is over 2 ahead"),
        (2, "damage of tick 2 in 1.log at 6144: 4 is over 2 ahead"),
        (3, "2 ticks, torn in 1.log at 7680"),
    ] {
        let mut bytes = bytes.clone();
        bytes[at(missing)..at(missing + 1)].fill(0);
        header.put(1, bytes);
        let options = LogOptions { frames_in_flight_max: 2, ..options() };
        assert_eq!(verdict(&header, options), expected);
    }
}

/// What a manifest or the archive knows counts like a frame behind.
#[test]
fn what_is_known_elsewhere_is_believed() {
    let controls = sample();
    let known = |known_durable_to| verdict(&controls, LogOptions { known_durable_to, ..options() });
    assert_eq!(known(10), "10 ticks");
    assert_eq!(known(11), "damage of tick 11 in 1.log at 20480: 11 known durable");
}

/// Files that are missing, copied, swapped, cut, or of another log. Nothing is changed by an open that fails.
#[test]
fn files_out_of_place_are_named() {
    let long = || {
        let disk = SimDisk::new(BLOCK);
        let controls = disk.controls();
        let (mut log, ..) = open(disk);
        for _ in 0..12 {
            append(&mut log, 8000);
            acknowledged(&mut log);
        }
        assert_eq!(controls.segments(), [1, 2, 3, 4, 5]);
        controls
    };
    let foreign = || {
        let disk = SimDisk::new(BLOCK);
        let controls = disk.controls();
        drop(try_open(disk, LogOptions { cluster: Some(8), ..options() }));
        controls
    };
    type Case<'a> = (&'a str, &'a dyn Fn(&Controls), &'a str);
    let cases: [Case<'_>; 11] = [
        ("whole", &|_| {}, "12 ticks"),
        ("the next is gone", &|log| drop(log.take(5)), "12 ticks"),
        ("the first is gone", &|log| drop(log.take(1)), "1.log is missing, though the log goes on behind it"),
        ("one is gone", &|log| drop(log.take(3)), "3.log is missing, though the log goes on behind it"),
        (
            "one is copied over another",
            &|log| log.put(3, log.bytes(2)),
            "3.log and 2.log both hold segment 2",
        ),
        (
            "two are swapped",
            &|log| {
                let (second, third) = (log.bytes(2), log.bytes(3));
                log.put(2, third);
                log.put(3, second);
            },
            "2.log holds segment 3: files were swapped",
        ),
        (
            "one is cut",
            &|log| log.put(3, log.bytes(3)[..8192].to_vec()),
            "3.log has 8192 bytes, its header says 32768",
        ),
        ("one is empty", &|log| log.put(3, Vec::new()), "3.log has 0 bytes, its header says 4096"),
        (
            "a header is damaged",
            &|log| {
                let mut bytes = log.bytes(3);
                bytes[20] ^= 1;
                log.put(3, bytes);
            },
            "the header of 3.log is damaged",
        ),
        (
            "one is of another log",
            &|log| log.put(2, foreign().bytes(2)),
            "2.log at 0 belongs to cluster 00000000000000000000000000000008, not to 00000000000000000000000000000007",
        ),
        (
            "all is of another log",
            &|log| {
                log.segments().iter().for_each(|segment| drop(log.take(*segment)));
                log.put(1, foreign().bytes(1));
            },
            "1.log at 0 belongs to cluster 00000000000000000000000000000008, not to 00000000000000000000000000000007",
        ),
    ];
    for (name, edit, expected) in cases {
        let controls = long();
        edit(&controls);
        let found = verdict(&controls, options());
        assert!(found.starts_with(expected), "{name}: {found}");
    }
}

/// A segment lost in the middle of the chain is damage wherever its frames would have been.
#[test]
fn a_segment_of_zeros_is_damage() {
    let disk = SimDisk::new(BLOCK);
    let controls = disk.controls();
    let (mut log, ..) = open(disk);
    for _ in 0..9 {
        append(&mut log, 8000);
        acknowledged(&mut log);
    }
    let mut bytes = controls.bytes(2);
    bytes[4096..].fill(0);
    controls.put(2, bytes);
    assert_eq!(verdict(&controls, options()), "damage of tick 4 in 1.log at 29184: 7 says 6 durable");
}

/// Damage leaves every byte as it was, and a caller that stops the replay hears its own reason.
#[test]
fn a_refusal_changes_nothing() {
    let controls = sample();
    let mut bytes = controls.bytes(1);
    bytes[at(3) + 700] ^= 1;
    controls.put(1, bytes.clone());
    let disk = controls.kill();
    let after = disk.controls();
    let error = try_open(disk, options()).err().expect("it is damaged");
    assert!(error.to_string().contains("`xxd -s 7680 -l 512 1.log`"), "{error}");
    assert_eq!((after.bytes(1), after.kept()), (bytes, vec![]));

    let mut heard = Vec::new();
    let stopped = wal::open(sample().kill(), options(), &mut |frame| {
        heard.push(frame.header.tick.get());
        if heard.len() == 4 { Err(wal::ReplayStop::new("the digest differs")) } else { Ok(()) }
    });
    let Err(LogError::Replay { tick: 4, source }) = stopped else { panic!("the replay went on") };
    assert_eq!((source.to_string().as_str(), heard), ("the digest differs", vec![1, 2, 3, 4]));
}
