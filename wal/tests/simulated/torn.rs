//! Recovery after every point at which the power can be cut.

use wal::disk::sim::{Operation, Outcome, SimDisk};

use crate::{BLOCK, Tick, acknowledged, append, open, options, try_open};

/// Three frames of three sectors each are in flight behind two durable ones. Every set of their sectors is left in
/// turn: what survives is the unbroken run of whole frames, the rest is cut and kept, and the log goes on.
#[test]
fn every_set_of_sectors_of_the_last_writes_is_recovered() {
    let disk = SimDisk::new(BLOCK);
    let controls = disk.controls();
    let (mut log, ..) = open(disk);
    let mut appended: Vec<Tick> = (0..2).map(|_| append(&mut log, 700)).collect();
    acknowledged(&mut log);
    controls.hold_writes();
    appended.extend((0..3).map(|_| append(&mut log, 1200)));
    let first = controls.in_flight()[0].offset;

    for left in 0u32..1 << 9 {
        let is_left = |sector: u64| left & 1 << sector != 0;
        let after = controls.cut_power(|_, at| is_left((at - first) / 512));
        let whole = (0..3).take_while(|frame| (left >> (3 * frame)) & 7 == 7).count();
        let rest = left >> (3 * whole);

        let found = after.controls();
        let (mut log, recovered, ticks) = open(after);
        assert_eq!(ticks, appended[..2 + whole], "{left:09b}");
        let torn = recovered.torn.map(|torn| (torn.tick, torn.offset, torn.kept.len()));
        let expected = (rest != 0).then_some((3 + whole as u64, first + 1536 * whole as u64, 1));
        assert_eq!(torn, expected, "{left:09b}");
        assert_eq!(found.kept().len(), usize::from(rest != 0));

        let next = append(&mut log, 64);
        assert_eq!(acknowledged(&mut log), std::slice::from_ref(&next));
        let (_, recovered, ticks) = open(found.cut_power(|_, _| false));
        assert_eq!(ticks, [&appended[..2 + whole], &[next]].concat(), "{left:09b}");
        assert_eq!((recovered.torn, recovered.epoch), (None, 3));
    }
}

/// Frames that were cut are zeroed, and what they held is kept byte for byte.
#[test]
fn what_is_cut_is_kept_aside() {
    let disk = SimDisk::new(BLOCK);
    let controls = disk.controls();
    let (mut log, ..) = open(disk);
    controls.hold_writes();
    append(&mut log, 1200);
    append(&mut log, 1200);
    controls.end(1, Outcome::Done);
    let after = controls.cut_power(|_, _| false);
    let found = after.controls();
    let second = found.bytes(1)[4608 + 1536..][..1536].to_vec();
    let (_, recovered, ticks) = open(after);
    let torn = recovered.torn.expect("the second frame was there");
    assert_eq!((ticks, torn.file.as_str(), torn.tick, torn.offset), (vec![], "1.log", 1, 4608));
    assert_eq!(found.kept(), [("torn-tick-1-segment-1-offset-6144".to_owned(), second)]);
    assert!(found.bytes(1)[4608 + 512..].iter().all(|byte| *byte == 0), "only the epoch frame follows");
}

/// The tail of a roll: the last frame of one segment and the first of the next, lost in any combination.
#[test]
fn a_tail_across_two_segments_is_recovered() {
    for left in 0..8 {
        let disk = SimDisk::new(BLOCK);
        let controls = disk.controls();
        let (mut log, ..) = open(disk);
        let mut appended: Vec<Tick> = (0..2).map(|_| append(&mut log, 8000)).collect();
        acknowledged(&mut log);
        controls.hold_writes();
        appended.extend([7000, 7000, 600].map(|bytes| append(&mut log, bytes)));
        let in_flight = controls.in_flight();
        assert_eq!(in_flight.iter().map(|write| write.segment).collect::<Vec<_>>(), [1, 2, 2]);
        let is_left =
            |offset| left & 1 << in_flight.iter().position(|write| write.offset == offset).unwrap() != 0;

        let after = controls.cut_power(|write, _| is_left(write.offset));
        let whole = (0..3).take_while(|frame| left & 1 << frame != 0).count();
        let found = after.controls();
        let (mut log, recovered, ticks) = open(after);
        assert_eq!(
            (ticks.as_slice(), recovered.torn.is_some()),
            (&appended[..2 + whole], left >> whole != 0)
        );
        let next = append(&mut log, 4000);
        acknowledged(&mut log);
        let (_, recovered, ticks) = open(found.kill());
        assert_eq!((ticks.last(), recovered.torn), (Some(&next), None), "{left:03b}");
    }
}

/// Recovery itself is interrupted at every step; the next one finishes it, and nothing is lost or called damage.
#[test]
fn an_interrupted_recovery_is_finished_by_the_next() {
    for operation in [Operation::Read, Operation::KeepAside, Operation::Zero, Operation::Sync] {
        let disk = SimDisk::new(BLOCK);
        let controls = disk.controls();
        let (mut log, ..) = open(disk);
        let durable = append(&mut log, 700);
        acknowledged(&mut log);
        controls.hold_writes();
        (0..3).for_each(|_| _ = append(&mut log, 1200));
        let first = controls.in_flight()[0].offset;
        let after = controls.cut_power(|_, at| at != first + 512);

        let found = after.controls();
        found.fail_next(operation, libc::EIO);
        let failed = try_open(after, options()).err().expect("the operation fails");
        assert!(failed.to_string().starts_with("cannot "), "{failed}");
        let (_, recovered, ticks) = open(found.cut_power(|_, _| false));
        assert_eq!(ticks, std::slice::from_ref(&durable), "{operation:?}");
        assert_eq!(recovered.torn.is_some(), operation != Operation::Sync, "{operation:?}");
    }
}

/// Who only reads a log is handed the same ticks, and leaves all as it is.
#[test]
fn reading_a_log_changes_nothing_and_hands_out_what_survives() {
    let disk = SimDisk::new(BLOCK);
    let controls = disk.controls();
    let (mut log, ..) = open(disk);
    let appended: Vec<Tick> = (0..9).map(|_| append_and_wait(&mut log)).collect();
    controls.hold_writes();
    append(&mut log, 1200);
    append(&mut log, 1200);
    controls.end(1, Outcome::Done);
    let mut after = controls.cut_power(|_, _| false);
    let found = after.controls();
    let bytes = || found.segments().iter().map(|&segment| found.bytes(segment)).collect::<Vec<_>>();
    let before = bytes();
    let mut ticks = Vec::new();
    let held = wal::read(&mut after, &mut |frame| {
        ticks.push((frame.header.tick.get(), frame.commands.to_vec()));
        Ok(())
    });
    let held = held.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!((ticks, held.tick, held.time, held.ticks), (appended.clone(), 9, 90, 9));
    assert_eq!(held.applied.0, 8, "as the last frame tells it");
    let expected = options();
    assert_eq!(
        (held.options.cluster, held.options.segment_bytes, held.options.frames_in_flight_max),
        (expected.cluster, expected.segment_bytes, expected.frames_in_flight_max)
    );
    assert_eq!((bytes(), found.kept().len()), (before, 0));
    let (_, recovered, ticks) = open(after);
    assert_eq!((ticks, recovered.torn.map(|torn| torn.tick)), (appended, Some(10)));
}

/// Long frames, so that they fill more than one segment.
fn append_and_wait(log: &mut wal::Log<SimDisk>) -> Tick {
    let tick = append(log, 7000);
    assert_eq!(acknowledged(log), std::slice::from_ref(&tick));
    tick
}
