//! A ledger with one game, whose draws, accounts and bets are made in few words.

use engine::command::{Bet, Commands, DrawCreate, GameDefine, Genesis, Matching, PlayTable, Prize};
use engine::query::{AccountView, AnswerHeader, AuditView, BetView, DrawView, Query, QueryKind, TicketView};
use engine::reply::Reply;
use engine::{Engine, Outbox, Tick};
use tests::twins::unlimited;
use zerocopy::FromBytes;
use zerocopy::little_endian::U16;

pub const START: u64 = 1_763_690_000_000_000_000;
pub const MS: u64 = 1_000_000;
pub const PHP: u16 = 608;
pub const STRAIGHT: u8 = 1;
pub const ANY_ORDER: u8 = 2;
/// What every account is given.
pub const DEPOSIT: i64 = 1_000_000_00;
/// Prizes are rounded down to it.
pub const UNIT: i64 = 10;
/// Prizes above it are taxed, by a fifth.
pub const TAX_OVER: i64 = 5_000;

/// A bet as it was placed.
#[derive(Clone, Copy, Debug)]
pub struct Placed {
    pub ticket: u128,
    pub account: u64,
    pub stake: i64,
    pub number: u16,
    pub play: u8,
    pub place: u8,
}

/// An account's ticket: bets of (play, number, stake).
pub type Ticket = (u64, Vec<(u8, u16, i64)>);

/// What a command was answered with: its code, and what would be acceptable.
pub type Answer = (u16, i64);

pub const DONE: Answer = (0, 0);

pub struct Ledger {
    pub engine: Engine,
    ids: u64,
}

impl Ledger {
    /// A ledger of this many accounts, from 1 on, and no draw.
    pub fn new(accounts: u64, payouts_per_tick: u32, sealed_per_tick: u32) -> Ledger {
        let mut ledger = Ledger { engine: Engine::new(), ids: 0 };
        let mut commands = Commands::new();
        commands.genesis(&genesis(payouts_per_tick, sealed_per_tick));
        for account in 1..=accounts {
            commands.account_open(ledger.id(), account, PHP);
            commands.deposit(ledger.id(), account, DEPOSIT);
        }
        let (define, plays) = game();
        commands.game_define(ledger.id(), 1, &define, &plays);
        let answers = ledger.apply(START, &[commands.as_bytes()]);
        assert!(answers.iter().all(|answer| *answer == DONE), "{answers:?}");
        ledger
    }

    /// An id of the next tick.
    pub fn id(&mut self) -> u128 {
        self.ids += 1;
        let ms = (self.engine.time().max(START) / MS) as u128;
        ms << 80 | 7 << 76 | 0b10 << 62 | u128::from(self.ids)
    }

    /// Applies one millisecond later what operators and clients ask for, as principal 1.
    pub fn tick(&mut self, ask: impl FnOnce(&mut Ledger, &mut Commands)) -> Vec<Answer> {
        self.tick_by(1, ask)
    }

    /// As [`Ledger::tick`], as this principal.
    pub fn tick_by(&mut self, actor: u32, ask: impl FnOnce(&mut Ledger, &mut Commands)) -> Vec<Answer> {
        let mut commands = Commands::new();
        ask(self, &mut commands);
        let mut bytes = commands.as_bytes().to_vec();
        let mut at = 0;
        while at < bytes.len() {
            bytes[at + 4..at + 8].copy_from_slice(&actor.to_le_bytes());
            at += usize::from(u16::from_le_bytes([bytes[at], bytes[at + 1]]));
        }
        self.apply(self.engine.time() + MS, &[&bytes])
    }

    /// One command by principal 1, in a tick of its own.
    pub fn ask(&mut self, ask: impl FnOnce(&mut Commands, u128)) -> Answer {
        self.ask_by(1, ask)
    }

    /// One command by a principal, in a tick of its own.
    pub fn ask_by(&mut self, actor: u32, ask: impl FnOnce(&mut Commands, u128)) -> Answer {
        let answers = self.tick_by(actor, |ledger, commands| {
            let id = ledger.id();
            ask(commands, id);
        });
        answers[0]
    }

    /// A tick without commands.
    pub fn pass(&mut self) {
        self.tick(|_, _| ());
    }

    pub fn apply(&mut self, time: u64, commands: &[&[u8]]) -> Vec<Answer> {
        let mut out = Outbox::default();
        let tick = Tick { number: self.engine.tick() + 1, time, commands: &commands.concat() };
        self.engine.apply(&tick, &mut out);
        let (mut answers, mut rest) = (Vec::new(), &out.replies[..]);
        while let Some((reply, behind)) = Reply::split(rest) {
            let code = reply.header.code.get();
            let acceptable = if code == 0 { 0 } else { reply.values[0].get() };
            answers.push((code, acceptable));
            rest = behind;
        }
        assert!(rest.is_empty());
        answers
    }

    /// Creates a draw that closes at `closes_at`, and opens it.
    pub fn open_draw(&mut self, book: u32, closes_at: u64, confirmed: bool) {
        let create = DrawCreate { confirmed: confirmed.into(), ..unlimited(closes_at, 1) };
        let answers = self.tick(|ledger, commands| {
            commands.draw_create(ledger.id(), book, &create);
            commands.draw_open(ledger.id(), book);
        });
        assert_eq!(answers, [DONE, DONE]);
    }

    /// Places tickets of one draw, all in one tick.
    pub fn place(&mut self, book: u32, tickets: &[Ticket]) -> Vec<Placed> {
        let mut placed = Vec::new();
        let answers = self.tick(|ledger, commands| {
            for (account, bets) in tickets {
                let ticket = ledger.id();
                let asked: Vec<Bet> =
                    bets.iter().map(|&(play, number, stake)| Bet::new(book, play, number, stake)).collect();
                commands.ticket_place(ticket, *account, &asked);
                for (place, &(play, number, stake)) in bets.iter().enumerate() {
                    placed.push(Placed {
                        ticket,
                        account: *account,
                        stake,
                        number,
                        play,
                        place: place as u8,
                    });
                }
            }
        });
        assert!(answers.iter().all(|answer| answer.0 == 0), "{answers:?}");
        placed
    }

    /// A draw and its winning numbers.
    pub fn draw(&self, book: u32) -> (DrawView, Vec<u16>) {
        let answer = self.read(Query::of(QueryKind::Draw, book.into()));
        let (view, rest) = DrawView::read_from_prefix(&answer).expect("a draw");
        let numbers = <[U16]>::ref_from_bytes(rest).expect("numbers");
        (view, numbers[..view.results.into()].iter().map(|number| number.get()).collect())
    }

    pub fn seal(&self, book: u32) -> [u8; 32] {
        self.draw(book).0.seal
    }

    pub fn account(&self, account: u64) -> AccountView {
        AccountView::read_from_bytes(&self.read(Query::of(QueryKind::Account, account))).expect("an account")
    }

    /// The bets of a ticket.
    pub fn bets(&self, account: u64, ticket: u128) -> Vec<BetView> {
        let answer = self.read(Query::ticket(account, ticket));
        let (_, bets) = TicketView::read_from_prefix(&answer).expect("a ticket");
        <[BetView]>::ref_from_bytes(bets).expect("bets").to_vec()
    }

    /// The body of an answer.
    pub fn read(&self, query: Query) -> Vec<u8> {
        let mut out = Vec::new();
        self.engine.answer(&query, &mut out);
        let (header, body) = AnswerHeader::read_from_prefix(&out).expect("a header");
        assert_eq!(header.code.get(), 0, "{query:?}");
        body.to_vec()
    }

    /// The ledger summed over every row, which has to be sound.
    pub fn audit(&mut self) -> AuditView {
        let audit = self.engine.cut().audit(PHP);
        assert_eq!((audit.conserved, audit.digest_agrees), (1, 1), "{audit:?}");
        audit
    }
}

fn genesis(payouts_per_tick: u32, sealed_per_tick: u32) -> Genesis {
    Genesis {
        cluster: 1.into(),
        hash_key: [2.into(), 3.into()],
        id_window_ns: (24 * 3600 * 1000 * MS).into(),
        id_ahead_ns: (10_000 * MS).into(),
        refused_ids_max: 65_536.into(),
        payouts_per_tick: payouts_per_tick.into(),
        accounts_max: 65_536.into(),
        tickets_max: 65_536.into(),
        books_max: 64.into(),
        partitions: 4.into(),
        reserved: [0; 2],
        limit_raise_delay_ns: (24 * 3600 * 1000 * MS).into(),
        holds_max: 1024.into(),
        limited_accounts_max: 1024.into(),
        references_max: 1024.into(),
        sealed_per_tick: sealed_per_tick.into(),
        retention_ns: u64::MAX.into(),
        tree_accounts_max: 1024.into(),
        commission_accounts_max: 64.into(),
        movements_max: 1024.into(),
        reserved_too: 0.into(),
    }
}

/// Two winning numbers: a straight wins 450 times on the first and 10 times on the second; any order 151/2 times (three
/// orders: twice that) on the first alone.
fn game() -> (GameDefine, Vec<PlayTable>) {
    let mut define = GameDefine::simple(10, 3, 1, 10_000_00);
    define.results = 2;
    define.tier[1] = 2;
    define.rounding_unit = UNIT.into();
    define.tax_over = TAX_OVER.into();
    define.tax_ppm = 200_000.into();
    let straight = vec![Prize::new(1, 1, 1, 450, 1), Prize::new(1, 2, 1, 10, 1)];
    let any_order = vec![Prize::new(3, 1, 1, 151, 1), Prize::new(6, 1, 1, 151, 2)];
    let plays = vec![
        PlayTable::new(STRAIGHT, Matching::Exact, straight),
        PlayTable::new(ANY_ORDER, Matching::AnyOrder, any_order),
    ];
    (define, plays)
}
