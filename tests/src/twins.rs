//! One ledger on one shard and on several, fed the same ticks, without a model: for tests that say what they expect.

use engine::command::{
    Commands, DrawCreate, GAME_GROUPS_MAX, GameDefine, Genesis, Matching, NO_LIMIT, PlayTable, Prize,
};
use engine::event::Event;
use engine::query::{AccountView, AnswerHeader, DrawView, PageView, Query, QueryKind, StatementLine};
use engine::reply::Reply;
use engine::{Alone, Engine, Outbox, Tick};
use zerocopy::FromBytes;

use crate::bridge;
use crate::model::{MS, Parameters, SECOND};
use crate::pair::START;

const SHARDS: [usize; 3] = [1, 3, 8];

/// A draw of game 1 that closes then, without a limit on what is staked on the plays of its first `groups`, nor on
/// anything else.
pub fn unlimited(closes_at: u64, groups: usize) -> DrawCreate {
    let mut stake_limit = [0.into(); GAME_GROUPS_MAX];
    stake_limit[..groups].fill(NO_LIMIT.into());
    DrawCreate {
        game: 1.into(),
        opens_at: 0.into(),
        closes_at: closes_at.into(),
        settles_at: closes_at.into(),
        version: 1.into(),
        currency: 608.into(),
        cancellable: 1,
        confirmed: 0,
        reserved: [0; 2],
        payout_limit: NO_LIMIT.into(),
        draw_stake_limit: NO_LIMIT.into(),
        draw_payout_limit: NO_LIMIT.into(),
        stake_limit,
    }
}

/// The same ledger once for each of [`SHARDS`].
pub struct Twins {
    engines: Vec<Engine>,
    unique: u128,
    /// Time of the last tick.
    pub now: u64,
    /// What the last tick gave back.
    pub out: Outbox,
}

impl Twins {
    /// A ledger that has begun, with a genesis that differs as `change` says.
    pub fn new(change: impl Fn(&mut Genesis)) -> Twins {
        let mut bytes = bridge::genesis(&Parameters::default());
        let (_, genesis) = Genesis::mut_from_suffix(&mut bytes).expect("a genesis");
        change(genesis);
        let engines = SHARDS.map(|_| Engine::new()).into();
        let mut twins = Twins { engines, unique: 0, now: START - MS, out: Outbox::default() };
        twins.apply(&bytes);
        twins
    }

    /// An id that is new, of the next tick's time.
    pub fn id(&mut self) -> u128 {
        self.unique += 1;
        bridge::id(START / MS, 0) + self.unique
    }

    /// One tick, a millisecond after the last; the codes of its replies.
    pub fn tick(&mut self, write: impl FnOnce(&mut Twins, &mut Commands)) -> Vec<u16> {
        let mut commands = Commands::new();
        write(self, &mut commands);
        self.apply(commands.as_bytes())
    }

    /// As [`Twins::tick`]; everything is accepted.
    ///
    /// # Panics
    /// If something is not.
    pub fn done(&mut self, write: impl FnOnce(&mut Twins, &mut Commands)) {
        let codes = self.tick(write);
        assert!(codes.iter().all(|code| *code == 0), "{codes:?}");
    }

    /// A game of three digits, straight (1: 450 times) and in any order (2: 150 or 75 times), and account 1 to 3 with
    /// 1,000.00 each.
    pub fn begin(&mut self) {
        self.done(|twins, commands| {
            let plays = [
                PlayTable::new(1, Matching::Exact, Prize::by_orders(&[(1, 450, 1)])),
                PlayTable::new(2, Matching::AnyOrder, Prize::by_orders(&[(3, 150, 1), (6, 75, 1)])).group(1),
            ];
            commands.game_define(twins.id(), 1, &GameDefine::simple(10, 3, 1_00, 500_00), &plays);
            for account in 1..=3 {
                commands.account_open(twins.id(), account, 608);
                commands.deposit(twins.id(), account, 1_000_00);
            }
        });
    }

    /// An open draw of [`Twins::begin`]'s game that closes an hour from the start, without limits but for what `change`
    /// sets.
    pub fn draw(&mut self, book: u32, change: impl Fn(&mut DrawCreate)) {
        let mut create = unlimited(START + 3_600 * SECOND, 2);
        change(&mut create);
        self.done(|twins, commands| {
            commands.draw_create(twins.id(), book, &create);
            commands.draw_open(twins.id(), book);
        });
    }

    /// The events of the last tick.
    pub fn events(&self) -> Vec<Event> {
        bridge::events(&self.out.events)
    }

    /// A statement's lines, the newest first, and whether there were older ones.
    pub fn statement(&self, account: u64) -> (Vec<StatementLine>, bool) {
        let answer = self.answer(&Query::statement(account));
        let (page, rest) = PageView::ref_from_prefix(&answer).expect("a page");
        assert_eq!(page.next.get(), 0);
        (<[StatementLine]>::ref_from_bytes(rest).expect("whole lines").to_vec(), page.more == 1)
    }

    /// An account.
    pub fn account(&self, account: u64) -> AccountView {
        let answer = self.answer(&Query::of(QueryKind::Account, account));
        AccountView::read_from_bytes(&answer).expect("an account")
    }

    /// The seal of a draw that has closed.
    pub fn seal(&self, book: u32) -> [u8; 32] {
        let answer = self.answer(&Query::of(QueryKind::Draw, book.into()));
        DrawView::read_from_prefix(&answer).expect("a draw").0.seal
    }

    /// The body of an answer that all give.
    ///
    /// # Panics
    /// If they do not agree, or it is refused.
    pub fn answer(&self, query: &Query) -> Vec<u8> {
        let answers = self.engines.iter().map(|engine| {
            let mut answer = Vec::new();
            engine.answer(query, &mut answer);
            answer
        });
        let answers: Vec<_> = answers.collect();
        assert!(answers.windows(2).all(|pair| pair[0] == pair[1]), "one answer to {query:?}");
        let (header, body) = AnswerHeader::ref_from_prefix(&answers[0]).expect("a header");
        assert_eq!(header.code.get(), 0, "{query:?}");
        body.to_vec()
    }

    fn apply(&mut self, commands: &[u8]) -> Vec<u16> {
        self.now += MS;
        self.out.clear();
        let mut theirs = Outbox::default();
        for (place, (engine, shards)) in self.engines.iter_mut().zip(SHARDS).enumerate() {
            let out = if place == 0 { &mut self.out } else { &mut theirs };
            out.clear();
            let tick = Tick { number: engine.tick() + 1, time: self.now, commands };
            engine.apply_on(&tick, out, &mut Alone(shards));
            if place > 0 {
                assert!(theirs.replies == self.out.replies, "answered otherwise on {shards} shards");
                assert_eq!(
                    bridge::events(&theirs.events),
                    bridge::events(&self.out.events),
                    "told otherwise on {shards} shards"
                );
            }
        }
        let digests: Vec<u64> = self.engines.iter().map(Engine::digest).collect();
        assert!(digests.iter().all(|digest| *digest == digests[0]), "one digest");
        let audit = self.engines[0].cut().audit(608);
        assert_eq!((audit.conserved, audit.digest_agrees), (1, 1));
        let (mut codes, mut rest) = (Vec::new(), &self.out.replies[..]);
        while let Some((reply, behind)) = Reply::split(rest) {
            codes.push(reply.header.code.get());
            rest = behind;
        }
        codes
    }
}
