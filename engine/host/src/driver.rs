//! One turn of the crank: reap what is durable, apply it, answer; take what waits, cut a tick, hand it to the disk.
//!
//! Time is an argument and the disk a parameter: the node's thread and a simulator turn the same crank. Ticks are
//! applied only when the log says that they and all before them are durable, and nothing is answered before that.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use engine::command::Lane;
use engine::query::{AnswerHeader, QueryKind};
use engine::{Crew, Cut, Engine, Mark, Outbox, Tick};
use wal::{Disk, Log, LogError, Status};
use zerocopy::IntoBytes;

use crate::config::LoopConfig;
use crate::ingress::{Batch, Ingress, Outlet, Reads, Shared, Unavailable};

/// Audits under way at a time: each holds a cut, and every page that is written meanwhile is copied for it.
pub const AUDITS_MAX: usize = 1;
/// A full log is looked at again this often.
const FULL_LOG_NS: u64 = 1_000_000_000;
/// The gauges are taken this often.
const GAUGES_EVERY_NS: u64 = 100_000_000;

/// The time, as the driver is told it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Now {
    /// Nanoseconds since the Unix epoch.
    pub wall_ns: u64,
    /// Nanoseconds since some fixed moment; never goes back.
    pub monotonic_ns: u64,
}

/// What to do after a turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Turn again at once.
    Again,
    /// Sleep until a write ends, something is pushed, or this time has passed.
    Sleep(Option<Duration>),
    /// All is finished, durable and answered.
    Stopped,
}

/// An audit to be carried out away from the shard.
pub struct AuditJob {
    cut: Cut,
    currency: u16,
    outlet: Arc<dyn Outlet>,
    correlation: u64,
    place: u16,
    _under_way: Arc<()>,
}

/// The shard's state between turns.
pub struct Driver<D, C> {
    engine: Engine,
    crew: C,
    log: Log<D>,
    shared: Arc<Shared>,
    config: LoopConfig,
    /// Who sent the commands of each tick that is being filled or in flight, the oldest first.
    filling: Filling,
    in_flight: VecDeque<Vec<Route>>,
    /// Emptied vectors, to be filled again.
    spare: Vec<Vec<Route>>,
    /// A batch that was taken from its queue and did not fit the frame.
    held: Option<(Lane, Batch)>,
    /// Reads of a frame that was begun and passed a turn's share.
    held_reads: Option<Reads>,
    touched: Vec<Arc<dyn Outlet>>,
    audits: Vec<AuditJob>,
    /// Shared with every audit that is under way.
    auditing: Arc<()>,
    has_seen_stop: bool,
    out: Outbox,
    answers: Vec<u8>,
    last_time: u64,
    idle_since: Option<u64>,
    gauges_at: u64,
}

/// The tick that is being filled.
#[derive(Default)]
struct Filling {
    routes: Vec<Route>,
    bytes: usize,
    /// When its first command was taken, monotonic.
    since: u64,
}

/// Who gets the replies to a run of commands.
struct Route {
    outlet: Arc<dyn Outlet>,
    correlation: u64,
    first: u16,
    count: u16,
}

impl<D: Disk, C: Crew> Driver<D, C> {
    /// A driver that goes on where the engine and its log stand, and applies ticks on the shards of this crew.
    pub fn new(engine: Engine, log: Log<D>, crew: C, config: LoopConfig) -> (Driver<D, C>, Ingress) {
        let ingress = Ingress::new(&config, log.waker());
        let driver = Driver {
            last_time: engine.time(),
            engine,
            crew,
            log,
            shared: Arc::clone(ingress.shared()),
            config,
            filling: Filling::default(),
            in_flight: VecDeque::new(),
            spare: Vec::new(),
            held: None,
            held_reads: None,
            touched: Vec::new(),
            audits: Vec::new(),
            auditing: Arc::new(()),
            has_seen_stop: false,
            out: Outbox::default(),
            answers: Vec::new(),
            idle_since: None,
            gauges_at: 0,
        };
        (driver, ingress)
    }

    /// Has this mark say which tick is being applied.
    pub fn mark_with(&mut self, mark: Mark) {
        self.out.mark = mark;
    }

    /// Begins a new ledger with its genesis command, and returns once it is applied.
    ///
    /// # Errors
    /// As [`Driver::turn`].
    pub fn begin(&mut self, genesis: &[u8], now: Now) -> Result<(), LogError> {
        let fits = self.log.begin().is_some_and(|mut frame| frame.push(genesis));
        assert!(fits, "a fresh log has an empty frame, and genesis fits it");
        self.cut(now)?;
        while self.engine.tick() == 0 {
            self.log.wait(None)?;
            self.reap_and_apply()?;
        }
        Ok(())
    }

    /// One turn.
    ///
    /// # Errors
    /// The log's: nothing can be answered any more, and the node has to end.
    pub fn turn(&mut self, now: Now) -> Result<Next, LogError> {
        let applied = self.reap_and_apply()?;
        let stopping = self.shared.is_stopping();
        self.has_seen_stop = stopping;
        if stopping {
            self.turn_away();
        } else {
            self.take(now)?;
        }
        let cut = self.cut_if_wanted(now, stopping)?;
        let read = self.answer_reads();
        self.flush();
        if applied || cut {
            self.idle_since = None;
        } else {
            self.mark_if_idle(now, stopping)?;
        }
        if applied || cut || read {
            self.take_gauges(now);
            return Ok(Next::Again);
        }
        Ok(self.rest(now, stopping))
    }

    /// Sleeps as [`Next::Sleep`] asks.
    ///
    /// # Errors
    /// The log's.
    pub fn sleep(&mut self, timeout: Option<Duration>) -> Result<(), LogError> {
        self.shared.fall_asleep();
        // Only what could be taken is a reason to stay awake: commands that wait for a write to end are not.
        let can_take = self.held.is_none() && self.log.begin().is_some();
        let is_wanted = self.shared.has_reads() || (can_take && self.shared.has_commands());
        if !is_wanted && self.shared.is_stopping() == self.has_seen_stop {
            self.log.wait(timeout)?;
        }
        self.shared.awake();
        Ok(())
    }

    /// Audits asked for since the last call, to be carried out elsewhere.
    pub fn take_audits(&mut self) -> impl Iterator<Item = AuditJob> + '_ {
        self.audits.drain(..)
    }

    /// The engine as of the last tick applied.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// The log.
    pub fn log(&self) -> &Log<D> {
        &self.log
    }

    /// Applies every tick that has become durable and passes its replies on.
    fn reap_and_apply(&mut self) -> Result<bool, LogError> {
        self.log.reap()?;
        let mut applied = false;
        while let Some(frame) = self.log.next_durable() {
            self.out.clear();
            let tick = Tick { number: frame.tick, time: frame.time, commands: self.log.commands(&frame) };
            self.engine.apply_on(&tick, &mut self.out, &mut self.crew);
            self.log.release(frame);
            let mut routes = self.in_flight.pop_front().expect("every tick in flight has its routes");
            deliver(&routes, &self.out.replies, &mut self.touched);
            routes.clear();
            self.spare.push(routes);
            let stats = &self.shared.stats;
            stats.ticks.add(1);
            stats.tick.set(self.engine.tick());
            stats.commands.add(self.out.count as u64);
            stats.accepted.add(self.out.accepted as u64);
            applied = true;
        }
        self.shared.stats.ticks_in_flight.set(self.log.in_flight() as u64);
        Ok(applied)
    }

    /// Takes what waits into the tick being filled: operators' commands first.
    fn take(&mut self, now: Now) -> Result<(), LogError> {
        let is_full = self.log.status() == Status::Full;
        self.shared.stats.log_full.set(is_full.into());
        loop {
            let Some(mut frame) = self.log.begin() else { return Ok(()) };
            let operators = || self.shared.operators.pop().map(|batch| (Lane::Operators, batch));
            let bets = || self.shared.bets.pop().map(|batch| (Lane::Bets, batch));
            let Some((lane, batch)) = self.held.take().or_else(operators).or_else(bets) else {
                return Ok(());
            };
            if is_full && lane == Lane::Bets {
                // What room is left is for operators and due work: bets hear so at once.
                turn_away(&batch, Unavailable::LogFull, &mut self.touched);
                continue;
            }
            if !frame.push_many(&batch.commands, batch.count.into()) {
                assert!(
                    !frame.is_empty(),
                    "a frame's commands fit an empty tick: see the node's configuration"
                );
                self.held = Some((lane, batch));
                if !self.cut_one(now)? {
                    return Ok(());
                }
                continue;
            }
            if self.filling.routes.is_empty() {
                self.filling.since = now.monotonic_ns;
            }
            self.filling.bytes += batch.commands.len();
            let Batch { outlet, correlation, first, count, .. } = batch;
            self.filling.routes.push(Route { outlet, correlation, first, count });
        }
    }

    /// Cuts what is being filled if nothing is in flight, if it is large enough, or if it has waited long enough; and
    /// an empty tick if work is due.
    fn cut_if_wanted(&mut self, now: Now, stopping: bool) -> Result<bool, LogError> {
        if self.filling.routes.is_empty() {
            let is_due = self.engine.next_due().is_some_and(|due| due <= self.tick_time(now));
            return if is_due && !stopping && self.log.in_flight() == 0 {
                self.cut_one(now)
            } else {
                Ok(false)
            };
        }
        let waited = now.monotonic_ns.saturating_sub(self.filling.since);
        let is_wanted = self.log.in_flight() == 0
            || self.filling.bytes >= self.config.cut_bytes
            || waited >= self.config.cut_after.as_nanos() as u64;
        if is_wanted { self.cut_one(now) } else { Ok(false) }
    }

    /// Cuts a tick unless too many are in flight.
    fn cut_one(&mut self, now: Now) -> Result<bool, LogError> {
        if self.log.in_flight() >= self.config.ticks_in_flight || self.log.begin().is_none() {
            return Ok(false);
        }
        self.cut(now)?;
        Ok(true)
    }

    fn cut(&mut self, now: Now) -> Result<(), LogError> {
        let time = self.tick_time(now);
        self.last_time = time;
        self.shared.stats.bytes_logged.add((wal::frame::FRAME_HEADER_BYTES + self.filling.bytes) as u64);
        let spare = self.spare.pop().unwrap_or_default();
        let filling = std::mem::take(&mut self.filling);
        self.filling.routes = spare;
        self.in_flight.push_back(filling.routes);
        let tick = self.log.last_tick() + 1;
        self.log.append(tick, time, (self.engine.tick(), self.engine.digest()))
    }

    /// The time of a tick cut now: it rises even where the clock does not.
    fn tick_time(&self, now: Now) -> u64 {
        now.wall_ns.max(self.last_time + 1)
    }

    /// Answers reads, a bounded number of them.
    fn answer_reads(&mut self) -> bool {
        let mut budget = self.config.reads_per_turn;
        let mut any = false;
        while budget > 0
            && let Some(mut reads) = self.held_reads.take().or_else(|| self.shared.reads.pop())
        {
            any = true;
            if reads.queries.len() > budget {
                let queries = reads.queries.split_off(budget);
                let (outlet, first) = (Arc::clone(&reads.outlet), reads.first + budget as u16);
                self.held_reads = Some(Reads { outlet, correlation: reads.correlation, first, queries });
            }
            budget -= reads.queries.len();
            self.shared.stats.reads.add(reads.queries.len() as u64);
            self.answer(&reads);
            touch(&mut self.touched, &reads.outlet);
        }
        any
    }

    /// Answers the reads of one frame, in runs around its audits, which are answered elsewhere.
    fn answer(&mut self, reads: &Reads) {
        let (mut first, mut count) = (reads.first, 0);
        self.answers.clear();
        for (place, query) in reads.queries.iter().enumerate() {
            let place = reads.first + place as u16;
            if query.checked() != Ok(QueryKind::Audit) {
                self.engine.answer(query, &mut self.answers);
                count += 1;
                continue;
            }
            if count > 0 {
                reads.outlet.answers(reads.correlation, first, count, &self.answers);
            }
            self.answers.clear();
            (first, count) = (place + 1, 0);
            if Arc::strong_count(&self.auditing) > AUDITS_MAX {
                let busy = AnswerHeader::audit_busy(self.engine.tick());
                reads.outlet.answers(reads.correlation, place, 1, busy.as_bytes());
                continue;
            }
            self.audits.push(AuditJob {
                cut: self.engine.cut(),
                currency: u16::try_from(query.owner.get()).unwrap_or(0),
                outlet: Arc::clone(&reads.outlet),
                correlation: reads.correlation,
                place,
                _under_way: Arc::clone(&self.auditing),
            });
        }
        if count > 0 {
            reads.outlet.answers(reads.correlation, first, count, &self.answers);
        }
    }

    /// Answers what waits while the node stops.
    fn turn_away(&mut self) {
        let held = self.held.take().map(|(_, batch)| batch);
        for batch in held.into_iter().chain(std::iter::from_fn(|| self.shared.operators.pop())) {
            turn_away(&batch, Unavailable::ShuttingDown, &mut self.touched);
        }
        while let Some(batch) = self.shared.bets.pop() {
            turn_away(&batch, Unavailable::ShuttingDown, &mut self.touched);
        }
    }

    fn flush(&mut self) {
        for outlet in self.touched.drain(..) {
            outlet.flush();
        }
    }

    /// Writes the closing mark once nothing has been in flight for a while, whatever is read meanwhile.
    fn mark_if_idle(&mut self, now: Now, stopping: bool) -> Result<(), LogError> {
        if !self.filling.routes.is_empty() || self.log.in_flight() > 0 {
            return Ok(());
        }
        let since = *self.idle_since.get_or_insert(now.monotonic_ns);
        if stopping || now.monotonic_ns - since >= self.config.mark_after.as_nanos() as u64 {
            self.log.close_mark((self.engine.tick(), self.engine.digest()))?;
        }
        Ok(())
    }

    /// Nothing was done in this turn: says how long to sleep.
    fn rest(&mut self, now: Now, stopping: bool) -> Next {
        self.take_gauges(now);
        let mut wake_at: Option<u64> = None;
        let mut wake_by = |at: u64| wake_at = Some(wake_at.map_or(at, |earlier| earlier.min(at)));
        if self.shared.stats.log_full.get() != 0 {
            wake_by(now.monotonic_ns + FULL_LOG_NS);
        }
        if !self.filling.routes.is_empty() {
            // With all ticks in flight, only the end of a write lets the next be cut; that wakes by itself.
            if self.log.in_flight() < self.config.ticks_in_flight {
                wake_by(self.filling.since + self.config.cut_after.as_nanos() as u64);
            }
        } else if self.log.in_flight() == 0 {
            if stopping {
                return Next::Stopped;
            }
            let mark_at =
                self.idle_since.unwrap_or(now.monotonic_ns) + self.config.mark_after.as_nanos() as u64;
            if mark_at > now.monotonic_ns {
                wake_by(mark_at);
            }
            if let Some(due) = self.engine.next_due() {
                wake_by(now.monotonic_ns + due.saturating_sub(self.tick_time(now)));
            }
        }
        let timeout = wake_at.map(|at| Duration::from_nanos(at.saturating_sub(now.monotonic_ns)));
        Next::Sleep(timeout)
    }

    fn take_gauges(&mut self, now: Now) {
        if now.monotonic_ns.saturating_sub(self.gauges_at) < GAUGES_EVERY_NS {
            return;
        }
        self.gauges_at = now.monotonic_ns;
        let stats = &self.shared.stats;
        if let Some(sizes) = self.engine.sizes() {
            stats.digest.set(sizes.digest.get());
            stats.accounts.set(sizes.accounts.get());
            stats.tickets.set(sizes.tickets.get());
            stats.open_bets.set(sizes.open_bets.get());
            stats.used_bytes.set(sizes.used_bytes.get());
        }
        let deciding = self.engine.deciding();
        stats.runs.set(deciding.runs);
        stats.rounds.set(deciding.rounds);
        stats.decided_in_order.set(deciding.decided_in_order);
    }
}

/// Passes a tick's replies to those who sent its commands, in order.
fn deliver(routes: &[Route], mut replies: &[u8], touched: &mut Vec<Arc<dyn Outlet>>) {
    for route in routes {
        let len = run_len(replies, route.count);
        let (run, rest) = replies.split_at(len);
        replies = rest;
        route.outlet.replies(route.correlation, route.first, route.count, run);
        touch(touched, &route.outlet);
    }
}

/// Bytes of the first `count` replies.
fn run_len(replies: &[u8], count: u16) -> usize {
    let mut len = 0;
    for _ in 0..count {
        len += usize::from(u16::from_le_bytes([replies[len], replies[len + 1]]));
    }
    len
}

/// Notes an outlet to be flushed. One noted twice is flushed twice, which does no harm.
fn touch(touched: &mut Vec<Arc<dyn Outlet>>, outlet: &Arc<dyn Outlet>) {
    if !touched.iter().rev().take(8).any(|known| Arc::ptr_eq(known, outlet)) {
        touched.push(Arc::clone(outlet));
    }
}

fn turn_away(batch: &Batch, why: Unavailable, touched: &mut Vec<Arc<dyn Outlet>>) {
    batch.outlet.unavailable(batch.correlation, batch.first, batch.count, why);
    touch(touched, &batch.outlet);
}

impl AuditJob {
    /// Sums every row and answers.
    pub fn run(self) {
        let AuditJob { cut, currency, outlet, correlation, place, _under_way } = self;
        let mut answer = AnswerHeader::of_audit(cut.tick()).as_bytes().to_vec();
        answer.extend_from_slice(cut.audit(currency).as_bytes());
        // Whoever hears the answer may ask again at once.
        drop((cut, _under_way));
        outlet.answers(correlation, place, 1, &answer);
        outlet.flush();
    }
}
