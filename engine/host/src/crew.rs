//! The threads that an engine's shards run on: one call of each piece of work per thread, and a barrier behind it.
//!
//! The caller is the first of them. The others wait for work: they spin for a bounded time where there are cores to
//! spare, so that the next piece finds them awake, and park otherwise. A crew knows nothing of what it runs.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicPtr, AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{JoinHandle, Thread};
use std::time::{Duration, Instant};

use crossbeam_utils::CachePadded;

/// Turns of a spin between two looks at the clock.
const SPINS: u32 = 64;

/// How a crew waits and where it runs.
#[derive(Clone, Debug, Default)]
pub struct CrewConfig {
    /// Threads, the caller's included; at least 1.
    pub shards: usize,
    /// How long one waits awake for the others before it sleeps; zero where cores are short.
    pub spin: Duration,
    /// The cores that the threads are pinned to, the caller's first; those beyond the list are left to the system.
    pub cores: Vec<usize>,
}

/// Threads that wait for work; they end when it is dropped.
pub struct Crew {
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<()>>,
}

/// What the caller and the others see of each other.
struct Shared {
    /// Raised by one for every piece of work, and once more for the end.
    round: CachePadded<AtomicU32>,
    /// The others that have not finished the round.
    busy: CachePadded<AtomicUsize>,
    /// The work of this round; null: there is no more.
    work: AtomicPtr<Work<'static>>,
    /// Somebody's part of the round ended in a panic.
    has_panicked: AtomicBool,
    /// The caller sleeps until the others have finished.
    caller: Sleeper,
    others: Vec<CachePadded<Sleeper>>,
    spin: Duration,
}

/// A piece of work, called with the place of the thread.
struct Work<'a> {
    call: &'a (dyn Fn(usize) + Sync),
}

/// A thread that may be asleep.
#[derive(Default)]
struct Sleeper {
    is_asleep: AtomicBool,
    thread: Mutex<Option<Thread>>,
}

impl Crew {
    /// Starts all threads but the caller's.
    ///
    /// # Errors
    /// When the system has no thread to give.
    pub fn start(config: &CrewConfig) -> std::io::Result<Crew> {
        let others = config.shards.saturating_sub(1);
        let shared = Arc::new(Shared {
            round: CachePadded::default(),
            busy: CachePadded::default(),
            work: AtomicPtr::default(),
            has_panicked: AtomicBool::new(false),
            caller: Sleeper::default(),
            others: (0..others).map(|_| CachePadded::default()).collect(),
            spin: config.spin,
        });
        let mut crew = Crew { shared, threads: Vec::new() };
        for place in 1..=others {
            let (shared, core) = (Arc::clone(&crew.shared), config.cores.get(place).copied());
            let builder = std::thread::Builder::new().name(format!("shard-{place}"));
            crew.threads.push(builder.spawn(move || serve(&shared, place, core))?);
        }
        Ok(crew)
    }

    /// Calls `call` once on every thread, with its place, and returns when all have returned.
    ///
    /// # Panics
    /// If one of the calls did.
    fn run(&mut self, call: &(dyn Fn(usize) + Sync)) {
        let shared = &*self.shared;
        if self.threads.is_empty() {
            return call(0);
        }
        let work = Work { call };
        shared.busy.store(self.threads.len(), Ordering::Relaxed);
        shared.work.store(std::ptr::from_ref(&work).cast_mut().cast(), Ordering::Relaxed);
        shared.begin_round();
        let own = catch_unwind(AssertUnwindSafe(|| call(0)));
        // Not before this returns may `work`, and what it borrows, end: whatever has become of our own part.
        shared.caller.wait(shared.spin, || shared.busy.load(Ordering::SeqCst) == 0);
        if let Err(panic) = own {
            std::panic::resume_unwind(panic);
        }
        assert!(
            !shared.has_panicked.load(Ordering::Relaxed),
            "a shard's thread panicked; its message is above"
        );
    }
}

impl engine::Crew for Crew {
    fn shards(&self) -> usize {
        self.threads.len() + 1
    }

    fn each<T: Send>(&mut self, parts: &mut [T], work: impl Fn(usize, &mut T) + Sync) {
        assert_eq!(parts.len(), engine::Crew::shards(self), "each thread has one part");
        let parts: Vec<Mutex<&mut T>> = parts.iter_mut().map(Mutex::new).collect();
        self.run(&|place| {
            let mut part = parts[place].lock().expect("each thread takes its own part, once");
            work(place, &mut part);
        });
    }
}

impl Drop for Crew {
    fn drop(&mut self) {
        self.shared.work.store(std::ptr::null_mut(), Ordering::Relaxed);
        self.shared.begin_round();
        for thread in self.threads.drain(..) {
            // A panic of its work was passed on by `run`; the thread itself has none.
            let _ = thread.join();
        }
    }
}

impl Shared {
    /// Publishes what was stored before, and wakes those who sleep.
    fn begin_round(&self) {
        self.round.fetch_add(1, Ordering::SeqCst);
        for sleeper in &self.others {
            sleeper.wake();
        }
    }
}

impl Sleeper {
    /// Waits until `is_over`, whose atomics whoever wakes changes before, by sequentially consistent operations.
    fn wait(&self, spin: Duration, is_over: impl Fn() -> bool) {
        if is_over() || (!spin.is_zero() && spun(spin, &is_over)) {
            return;
        }
        self.thread.lock().expect("no one panics here").replace(std::thread::current());
        loop {
            self.is_asleep.store(true, Ordering::SeqCst);
            // Either this sees that it is over, or whoever makes it so sees that we sleep.
            if is_over() {
                self.is_asleep.store(false, Ordering::SeqCst);
                return;
            }
            std::thread::park();
        }
    }

    fn wake(&self) {
        if self.is_asleep.swap(false, Ordering::SeqCst)
            && let Some(thread) = &*self.thread.lock().expect("no one panics here")
        {
            thread.unpark();
        }
    }
}

/// Spins for a bounded time; whether it was over by then.
fn spun(spin: Duration, is_over: &impl Fn() -> bool) -> bool {
    let until = Instant::now() + spin;
    loop {
        for _ in 0..SPINS {
            if is_over() {
                return true;
            }
            std::hint::spin_loop();
        }
        if Instant::now() >= until {
            return false;
        }
    }
}

/// One of the other threads: waits for rounds and does its part.
fn serve(shared: &Shared, place: usize, core: Option<usize>) {
    if let Some(id) = core
        && !core_affinity::set_for_current(core_affinity::CoreId { id })
    {
        tracing::warn!(core = id, "a shard's thread could not be pinned");
    }
    let sleeper = &shared.others[place - 1];
    let mut seen = 0;
    loop {
        sleeper.wait(shared.spin, || shared.round.load(Ordering::SeqCst) != seen);
        seen = seen.wrapping_add(1);
        let work = shared.work.load(Ordering::Relaxed);
        // SAFETY: the pointer was stored before the round began. The caller keeps the work, and all that it borrows,
        // alive until `busy` is 0, which this thread's decrement below is needed for.
        let Some(work) = (unsafe { work.as_ref() }) else { return };
        if catch_unwind(AssertUnwindSafe(|| (work.call)(place))).is_err() {
            shared.has_panicked.store(true, Ordering::Relaxed);
        }
        if shared.busy.fetch_sub(1, Ordering::SeqCst) == 1 {
            shared.caller.wake();
        }
    }
}

#[cfg(test)]
mod tests {
    use engine::Crew as _;

    use super::*;

    fn crew(shards: usize, spin: Duration) -> Crew {
        Crew::start(&CrewConfig { shards, spin, cores: Vec::new() }).expect("threads start")
    }

    #[test]
    fn every_part_is_worked_on_once_by_its_own_thread_and_awaited() {
        for (shards, spin) in [(1, 0), (2, 0), (2, 50), (3, 0), (8, 5)] {
            let mut crew = crew(shards, Duration::from_micros(spin));
            let mut parts = vec![0u64; shards];
            for round in 0..2_000 {
                crew.each(&mut parts, |place, part| {
                    assert_eq!(*part, round * (place as u64 + 1));
                    *part += place as u64 + 1;
                });
            }
            let expected: Vec<u64> = (1..=shards as u64).map(|place| 2_000 * place).collect();
            assert_eq!(parts, expected);
        }
    }

    #[test]
    fn a_panic_of_any_part_reaches_the_caller_after_all_have_ended() {
        for faulty in 0..3 {
            let mut parts = [0; 3];
            let outcome = catch_unwind(AssertUnwindSafe(|| {
                crew(3, Duration::ZERO).each(&mut parts, |place, part| {
                    assert_ne!(place, faulty, "planted");
                    std::thread::sleep(Duration::from_millis(5));
                    *part = 1;
                });
            }));
            assert!(outcome.is_err());
            assert_eq!(parts.iter().sum::<i32>(), 2, "the others were awaited");
        }
    }
}
