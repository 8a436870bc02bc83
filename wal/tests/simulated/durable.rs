//! What is acknowledged is durable, and everything before it.

use proptest::prelude::*;
use wal::disk::sim::{Outcome, SimDisk};
use wal::{Fault, LogError};

use crate::{BLOCK, Tick, acknowledged, append, open};

/// Fails if the log writes frames in any other way than durably: what was only written is gone with the power.
#[test]
fn what_was_acknowledged_survives_a_power_cut() {
    let disk = SimDisk::new(BLOCK);
    let controls = disk.controls();
    let (mut log, ..) = open(disk);
    let mut expected = Vec::new();
    for tick in 0..40 {
        expected.push(append(&mut log, tick * 30));
        let last = expected.len() - 1;
        assert_eq!(acknowledged(&mut log), expected[last..]);
        let (_, recovered, ticks) = open(controls.cut_power(|_, _| false));
        assert_eq!((ticks, recovered.torn), (expected.clone(), None));
    }
}

/// Every order in which four writes can end: a tick is handed out when, and only when, it and all before it are.
#[test]
fn nothing_is_acknowledged_before_all_that_precedes_it() {
    for order in orders(4) {
        let disk = SimDisk::new(BLOCK);
        let controls = disk.controls();
        let (mut log, ..) = open(disk);
        controls.hold_writes();
        let appended: Vec<Tick> = (0..4).map(|at| append(&mut log, 600 * at)).collect();
        assert!(log.begin().is_none(), "all four buffers are in flight");

        let mut has_ended = [false; 4];
        let mut answered = Vec::new();
        for &index in &order {
            let earlier = has_ended[..index].iter().filter(|ended| **ended).count();
            controls.end(index - earlier, Outcome::Done);
            has_ended[index] = true;
            answered.extend(acknowledged(&mut log));
            let prefix = has_ended.iter().take_while(|ended| **ended).count();
            assert_eq!(answered, appended[..prefix], "{order:?}");
            assert_eq!((log.durable_to(), log.in_flight()), (prefix as u64, 4 - prefix));

            let (_, recovered, ticks) = open(controls.cut_power(|_, _| false));
            assert_eq!(ticks, answered, "{order:?}");
            assert_eq!(recovered.torn.is_some(), has_ended[prefix..].contains(&true), "{order:?}");
        }
    }
}

fn orders(count: usize) -> Vec<Vec<usize>> {
    if count == 0 {
        return vec![vec![]];
    }
    let shorter = orders(count - 1);
    (0..count)
        .flat_map(|at| {
            shorter.iter().map(move |order| {
                let mut longer = order.clone();
                longer.insert(at, count - 1);
                longer
            })
        })
        .collect()
}

/// A failed or short write closes the log for ever, however often it is asked again; what was durable before it is
/// still handed out.
#[test]
fn a_write_that_fails_is_the_end() {
    let ends = [
        (Outcome::Failed(libc::EIO), Fault::Refused(libc::EIO)),
        (Outcome::Short(512), Fault::Short { written: 512, expected: 1024 }),
        (Outcome::Short(0), Fault::Short { written: 0, expected: 1024 }),
    ];
    for (outcome, expected) in ends {
        let disk = SimDisk::new(BLOCK);
        let controls = disk.controls();
        let (mut log, ..) = open(disk);
        controls.hold_writes();
        (0..3).for_each(|_| _ = append(&mut log, 600));
        controls.end(1, outcome);
        controls.end(0, Outcome::Done);
        controls.end(0, Outcome::Done);

        for _ in 0..2 {
            let Err(LogError::Append(fault)) = log.reap() else { panic!("the log goes on") };
            assert_eq!(
                (fault.file.as_str(), fault.offset, fault.tick, fault.fault),
                ("1.log", 5632, 2, expected)
            );
        }
        assert!(log.begin().is_some(), "the fourth buffer is free");
        assert!(
            log.append(4, 40, (0, 0)).is_err() && log.close_mark((0, 0)).is_err() && log.wait(None).is_err()
        );
        let durable: Vec<u64> = std::iter::from_fn(|| log.next_durable()).map(|frame| frame.tick).collect();
        assert_eq!(durable, [1]);
    }
}

/// The closing mark is written once, proves the last tick, and is no tick.
#[test]
fn an_idle_log_is_marked_once() {
    let disk = SimDisk::new(BLOCK);
    let controls = disk.controls();
    let (mut log, ..) = open(disk);
    log.close_mark((0, 0)).expect("the disk works");
    assert_eq!(log.in_flight(), 0, "the epoch frame marks as well");
    let tick = append(&mut log, 100);
    assert_eq!(acknowledged(&mut log), std::slice::from_ref(&tick));
    log.close_mark((1, 99)).expect("the disk works");
    log.close_mark((1, 99)).expect("the disk works");
    assert_eq!(log.in_flight(), 1);
    assert_eq!(acknowledged(&mut log), []);
    assert_eq!(log.in_flight(), 0);
    let next = append(&mut log, 100);
    assert_eq!(acknowledged(&mut log), std::slice::from_ref(&next));
    let (_, recovered, ticks) = open(controls.kill());
    assert_eq!((ticks, recovered.bytes), (vec![tick, next], 4 * 512));
}

#[derive(Clone, Debug)]
enum Step {
    Append(usize),
    End(prop::sample::Index),
    Mark,
    CutPower(u64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        5 => (0usize..4000).prop_map(Step::Append),
        5 => any::<prop::sample::Index>().prop_map(Step::End),
        1 => Just(Step::Mark),
        1 => any::<u64>().prop_map(Step::CutPower),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    /// Any run, with power cuts that leave any sectors of what was in flight: no restart calls it damage, none loses
    /// what was acknowledged, and what is recovered is what was appended, in order.
    #[test]
    fn no_power_cut_loses_what_was_acknowledged(steps in prop::collection::vec(step(), 1..200)) {
        let (mut log, ..) = open(SimDisk::new(BLOCK));
        let mut controls = log.disk().controls();
        controls.hold_writes();
        let (mut appended, mut answered) = (Vec::<Tick>::new(), 0);
        for step in steps {
            match step {
                Step::Append(bytes) => if log.begin().is_some() { appended.push(append(&mut log, bytes)) },
                Step::End(index) => {
                    let in_flight = controls.in_flight().len();
                    if in_flight > 0 { controls.end(index.index(in_flight), Outcome::Done) }
                    answered += acknowledged(&mut log).len();
                }
                Step::Mark => if log.in_flight() == 0 { log.close_mark((0, 0)).expect("the disk works") },
                Step::CutPower(mut seed) => {
                    let after = controls.cut_power(|_, _| {
                        seed = seed.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
                        seed >> 62 != 0
                    });
                    let (reopened, _, ticks) = open(after);
                    prop_assert!(ticks.len() >= answered);
                    prop_assert_eq!(&ticks, &appended[..ticks.len()]);
                    (log, appended, answered) = (reopened, ticks.clone(), ticks.len());
                    controls = log.disk().controls();
                    controls.hold_writes();
                }
            }
        }
    }
}
