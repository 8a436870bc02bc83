//! Engine and model side by side, fed one stream.

mod agents;
mod pages;

pub(crate) use pages::rows;

use engine::query::{Query, QueryKind};
use engine::{Alone, Deciding, Engine, Outbox, Tick};

use crate::bridge;
use crate::model::{Command, Event, Model, Parameters, Reply};

/// Shards that a twin of the engine runs on, to leave no trace.
const SHARDS: [usize; 4] = [2, 3, 8, 16];

/// An engine and a model that have seen the same ticks.
pub struct Pair {
    /// The one under test.
    pub engine: Engine,
    /// Engines that run the same on several shards: each is to give the same bytes.
    twins: Vec<(usize, Engine)>,
    /// The judge.
    pub model: Model,
    out: Outbox,
    /// What the edge would stamp; differs from command to command, for it is no part of the content.
    terminal: u32,
}

/// The time of the first tick, nanoseconds since the Unix epoch: 14 November 2023, 22:13:20 UTC.
pub const START: u64 = 1_700_000_000 * crate::model::SECOND;

impl Pair {
    /// Begins a ledger: tick 1, at [`START`], with nothing but the genesis.
    pub fn new(rules: Parameters) -> Pair {
        let mut pair = Pair {
            engine: Engine::new(),
            twins: SHARDS.map(|shards| (shards, Engine::new())).into_iter().collect(),
            model: Model::new(rules),
            out: Outbox::default(),
            terminal: 0,
        };
        let genesis = bridge::genesis(&rules);
        pair.apply(&Tick { number: 1, time: START, commands: &genesis });
        let replies = bridge::replies(&pair.out.replies);
        assert!(replies.len() == 1 && replies[0].refused.is_none(), "the genesis has one reply: {replies:?}");
        pair.model.apply(1, START, &[]);
        pair
    }

    /// One tick at this time; the replies, on which both agree.
    ///
    /// # Panics
    /// If they do not agree on every reply.
    pub fn tick(&mut self, time: u64, commands: &[Command]) -> Vec<Reply> {
        let number = self.model.tick() + 1;
        let mut bytes = Vec::new();
        for command in commands {
            let from = bytes.len();
            bytes.extend_from_slice(&bridge::bytes(command));
            self.terminal += 1;
            bridge::stamp(&mut bytes[from..], 1 + (self.terminal % 2) as u8, self.terminal);
        }
        let expected = self.model.apply(number, time, commands);
        self.apply(&Tick { number, time, commands: &bytes });
        let replies = bridge::replies(&self.out.replies);
        for ((command, expected), reply) in commands.iter().zip(&expected).zip(&replies) {
            assert_eq!(
                reply, expected,
                "engine (left) and model (right) disagree in tick {number} on {command:#?}"
            );
        }
        assert_eq!(replies.len(), commands.len(), "one reply for each command of tick {number}");
        self.compare_events(commands);
        assert_eq!((self.engine.tick(), self.engine.time()), (number, time));
        let model_due = self.model.next_due();
        assert!(
            model_due.is_none_or(|due| self.engine.next_due().is_some_and(|at| at <= due)),
            "due work at {model_due:?} is announced, not {:?}",
            self.engine.next_due()
        );
        replies
    }

    /// Compares what the tick told; of long lists only where they part.
    fn compare_events(&self, commands: &[Command]) {
        let (seen, expected) = (bridge::told(&self.out.events), self.model.events());
        let part = seen.iter().zip(expected).take_while(|(seen, expected)| seen == expected).count();
        let at = |events: &[Event]| events.iter().skip(part).take(3).copied().collect::<Vec<_>>();
        let command = |event: &Event| event.command.map(|place| &commands[place as usize]);
        assert!(
            seen.len() == part && expected.len() == part,
            "engine (left) and model (right) tell other events in tick {} from the {part}th on:\n{:#?}\n{:#?}\n{:#?}",
            self.model.tick(),
            at(&seen),
            at(expected),
            expected.get(part).or(seen.get(part)).and_then(command),
        );
    }

    /// One tick for the engine and its twins.
    fn apply(&mut self, tick: &Tick<'_>) {
        self.out.clear();
        self.engine.apply(tick, &mut self.out);
        let mut theirs = Outbox::default();
        for (shards, twin) in &mut self.twins {
            theirs.clear();
            twin.apply_on(tick, &mut theirs, &mut Alone(*shards));
            let number = tick.number;
            assert!(
                theirs.replies == self.out.replies,
                "tick {number} is answered otherwise on {shards} shards"
            );
            assert!(
                theirs.events == self.out.events,
                "tick {number} has other events on {shards} shards: {:#?}, not {:#?}",
                bridge::events(&theirs.events),
                bridge::events(&self.out.events)
            );
            assert_eq!(
                (theirs.count, theirs.accepted),
                (self.out.count, self.out.accepted),
                "on {shards} shards"
            );
            assert_eq!(
                twin.digest(),
                self.engine.digest(),
                "tick {number} has another digest on {shards} shards"
            );
            assert_eq!(twin.next_due(), self.engine.next_due(), "on {shards} shards");
        }
    }

    /// How the twins decided, by their number of shards.
    pub fn deciding(&self) -> impl Iterator<Item = (usize, Deciding)> {
        self.twins.iter().map(|(shards, twin)| (*shards, twin.deciding()))
    }

    /// The events of the last tick, the same on every number of shards.
    pub fn events(&self) -> Vec<engine::event::Event> {
        bridge::events(&self.out.events)
    }

    /// The engine's answer to a read.
    pub fn read(&self, query: &Query) -> Vec<u8> {
        let mut answer = Vec::new();
        self.engine.answer(query, &mut answer);
        answer
    }

    /// Compares every account, its statement, every ticket, hold and draw, and every sum; what has left, too.
    ///
    /// # Panics
    /// If they do not agree, or money was made or lost.
    pub fn compare_all(&mut self) {
        let tick = self.model.tick();
        let accounts: Vec<u64> = self.model.accounts().collect();
        for account in accounts {
            let answer = self.read(&Query::of(QueryKind::Account, account));
            assert_eq!(
                bridge::account(&answer, tick, account),
                self.model.account(account),
                "account {account}"
            );
        }
        for (account, id) in self.model.tickets().collect::<Vec<_>>() {
            let answer = self.read(&Query::ticket(account, id));
            let seen = bridge::ticket(&answer, tick, account, id);
            assert_eq!(seen, self.model.ticket(account, id), "ticket {id:032x} of account {account}");
        }
        for (account, id) in self.model.holds().collect::<Vec<_>>() {
            let answer = self.read(&Query::hold(account, id));
            let seen = bridge::hold(&answer, tick, id);
            assert_eq!(seen, self.model.hold(account, id), "hold {id:032x} of account {account}");
        }
        let books = self.model.books().map(|(book, _)| book).chain(self.model.departed_draws());
        for book in books.collect::<Vec<_>>() {
            let answer = self.read(&Query::of(QueryKind::Draw, book.into()));
            assert_eq!(bridge::draw(&answer, tick), self.model.draw(book), "draw {book}");
        }
        self.compare_departed_tickets();
        self.compare_pages();
        self.compare_agents();
        self.compare_sums();
    }

    /// Compares the room of every play on this number, in every draw.
    ///
    /// # Panics
    /// If they do not agree.
    pub fn compare_rooms(&self, number: u16) {
        for (book, row) in self.model.books() {
            // One code past the last: an unknown play is answered too.
            for play in 0..=row.game.plays.len() as u8 + 1 {
                let answer = self.read(&Query::room(book, play, number));
                let seen = bridge::room(&answer, self.model.tick());
                let expected = self.model.room(book, play, number);
                assert_eq!(seen, expected, "draw {book}, play {play} on {number}");
            }
        }
        for book in self.model.departed_draws() {
            let seen = bridge::room(&self.read(&Query::room(book, 1, number)), self.model.tick());
            assert_eq!(seen, self.model.room(book, 1, number), "draw {book}");
        }
    }

    /// Compares the audit of every currency, the sizes and the digest.
    ///
    /// # Panics
    /// If they do not agree, or money was made or lost.
    pub fn compare_sums(&mut self) {
        let cut = self.engine.cut();
        for currency in [608, 702, 840] {
            let audit = bridge::audit(&cut.audit(currency));
            assert_eq!(audit, self.model.audit(currency), "currency {currency}");
            assert!(audit.conserved, "money was made or lost: {audit:?}");
        }
        let answer = self.read(&Query::of(QueryKind::Ledger, 0));
        let (seen, digest, remembered) = bridge::ledger(&answer, self.model.tick());
        assert_eq!(seen, self.model.ledger());
        assert_eq!(digest, self.engine.digest());
        // Outcomes past their time may wait to be swept, a bounded number a tick.
        assert!(remembered >= self.model.remembered_ids(), "ids remembered that are not tickets'");
    }
}
