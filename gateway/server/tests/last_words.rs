//! A panic in the middle of a tick, in a process of its own: its exit status, and what it says last.

use std::env;
use std::path::Path;
use std::process::Command;
use std::thread;

use engine::{Crew, Engine, Mark, Outbox, Tick};
use gateway::last_words;
use protocol::command::Commands;

/// Tells the test that it is the process that is to panic, and how its thread is called.
const THREAD: &str = "LAST_WORDS_OF";
const START_NS: u64 = 1_767_225_600_000_000_000;

/// Two shards, the work of which panics.
struct Panicking;

impl Crew for Panicking {
    fn shards(&self) -> usize {
        2
    }

    fn each<T: Send>(&mut self, _: &mut [T], _: impl Fn(usize, &mut T) + Sync) {
        panic!("a bug in a rule");
    }
}

/// Applies the third tick of a ledger, whose first command is left to the crew.
fn panic_in_a_tick() {
    let mark = Mark::default();
    last_words::install(mark.clone(), Path::new("the-data"));
    let thread = thread::Builder::new().name(env::var(THREAD).expect("a name"));
    let applies = move || {
        let (mut engine, mut out) = (Engine::new(), Outbox::default());
        out.mark = mark;
        let mut step = |number: u64, make: &dyn Fn(&mut Commands)| {
            let mut commands = Commands::new();
            make(&mut commands);
            out.clear();
            let tick = Tick { number, time: START_NS + number, commands: commands.as_bytes() };
            engine.apply_on(&tick, &mut out, &mut Panicking);
        };
        step(1, &|commands| commands.genesis(&host::LedgerConfig::default().genesis(1, [2, 3])));
        step(2, &|_| {});
        step(3, &|commands| commands.deposit(1, 1, 1));
    };
    thread.spawn(applies).expect("a thread").join().expect_err("it panics");
}

/// The exit status and the last line of a process whose thread of this name panics.
fn last_of(name: &str) -> (Option<i32>, String) {
    let mut again = Command::new(env::current_exe().expect("this test"));
    let test = "a_panic_in_a_tick_names_it_and_says_what_to_do";
    again.args(["--exact", test, "--nocapture"]).env(THREAD, name).env("RUST_BACKTRACE", "0");
    let output = again.output().expect("this test runs");
    let text = String::from_utf8(output.stderr).expect("a text");
    assert!(text.contains("a bug in a rule"), "{text}");
    (output.status.code(), text)
}

#[test]
fn a_panic_in_a_tick_names_it_and_says_what_to_do() {
    if env::var(THREAD).is_ok() {
        tracing_subscriber::fmt().with_writer(std::io::stderr).with_ansi(false).init();
        return panic_in_a_tick();
    }
    let (status, text) = last_of("shard-0");
    assert_eq!(status, Some(86), "{text}");
    let told = "apply panicked at one of the commands of tick 3 from 0 on: a start of this build ends here every time. \
                Start the build that ran before, if it applies the tick; else start with `--shards 1` to be told which \
                command it is.";
    assert!(text.contains(told), "{text}");
    let (status, text) = last_of("edge");
    assert_eq!(status, Some(0), "another thread's panic is not the tick's: {text}");
    assert!(!text.contains("apply panicked"), "{text}");
}
