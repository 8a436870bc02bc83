//! The whole ledger, and the one door through which it changes: [`Engine::apply`].
//!
//! A tick does its due work, then its commands one at a time in index order. Each owner's checks and effects are
//! functions of its own partition's rows; this module only calls them in order and carries what crosses between them.

mod agents;
mod ahead;
mod answer;
mod commission;
mod cut;
mod directory;
mod due;
mod leaving;
mod money;
mod outbox;
mod quarantine;
mod seal;
mod shards;
mod ticket;

use alloc::vec::Vec;

pub use cut::Cut;
use directory::{Directory, Place};
pub use outbox::{Mark, Outbox, Place as TickPlace};
use quarantine::Quarantines;
pub use shards::Deciding;
use shards::Desk;
use zerocopy::IntoBytes;
use zerocopy::little_endian::I64;

use crate::agents::Agents;
use crate::book::{Given, Outcome};
use crate::command::{
    Body, Command, CommandName, DrawCreate, Fault, GameDefine, Genesis, Kind, PROMISED_MAX, Plays,
    command_len, parse,
};
use crate::crew::{Alone, Crew};
use crate::event::{DUE_WORK, Event};
use crate::game::{Game, GameRow, PrizeRow};
use crate::hash::{HashKey, book_partition, row_hash};
use crate::ids::{Known, Remembered, Scope};
use crate::partition::Partition;
use crate::refusal::{ACCEPTED, Refusal};
use crate::reply::{REPEATED, Refused, push_accepted, push_fault, push_refused};
use crate::storage::arena::Arena;
use crate::storage::table::Table;

/// Version of what `apply` does with a tick. It changes only when the result of some tick would.
pub const APPLY_VERSION: u16 = 3;

const GAME_ROWS: usize = 16;
const PRIZE_ROWS: usize = 256;
/// The names of games and their prizes in the digest; partitions begin at 256.
const GAMES: u32 = 1;
const PRIZES: u32 = 2;
/// Most versions of games a ledger keeps.
pub const GAMES_MAX: usize = 1024;

/// Commands with one number and one time, in order.
#[derive(Clone, Copy, Debug)]
pub struct Tick<'a> {
    /// One above the last tick's.
    pub number: u64,
    /// Nanoseconds since the Unix epoch, above the last tick's.
    pub time: u64,
    /// The commands, one behind the other.
    pub commands: &'a [u8],
}

/// The ledger.
pub struct Engine {
    tick: u64,
    time: u64,
    arena: Arena,
    begun: Option<Begun>,
    /// Commands that are set aside, until the ledger begins and has them.
    aside: Vec<CommandName>,
}

/// The ledger once its genesis has been applied.
struct Begun {
    genesis: Genesis,
    key: HashKey,
    games: Vec<Game>,
    game_rows: Table<GameRow, GAME_ROWS>,
    /// The prizes of all games, one behind the other.
    prize_rows: Table<PrizeRow, PRIZE_ROWS>,
    prizes: u32,
    agents: Agents,
    partitions: Vec<Partition>,
    quarantines: Quarantines,
    window: Window,
    /// Where the books of the ticket at hand lie; kept for its memory.
    found: Vec<(usize, u32)>,
    /// The rooms of the reply at hand; kept for its memory.
    rooms: Vec<I64>,
    /// What is to be told of the due work or of the command at hand; kept for its memory.
    events: Vec<Event>,
    /// What shards keep between runs, and how these were decided.
    desks: Vec<Desk>,
    deciding: Deciding,
    directory: Directory,
}

/// Tick and time, and what follows from them for ids.
#[derive(Clone, Copy, Default)]
struct Window {
    tick: u64,
    now: u64,
    /// Ids up to this time are expired.
    floor_ms: u64,
    /// Ids beyond this time are ahead.
    ahead_ms: u64,
    /// Outcomes remembered up to this time are forgotten.
    since: u64,
}

/// A command with what has been found out about it.
#[derive(Clone, Copy)]
struct Call<'a> {
    command: Command<'a>,
    scope: Scope,
    /// Partition of the scope.
    home: usize,
    /// The account of the scope, if there is one.
    account: Option<u32>,
    id: u128,
    id_hash: u32,
    content: u64,
}

impl Default for Engine {
    fn default() -> Self {
        Engine::new()
    }
}

impl Engine {
    /// A ledger that has not begun: its first command must be [`Genesis`].
    pub fn new() -> Engine {
        Engine::within(Arena::new(0))
    }

    /// A ledger that has not begun, whose pages will lie in this arena as far as they fit.
    pub fn within(arena: Arena) -> Engine {
        Engine { tick: 0, time: 0, arena, begun: None, aside: Vec::new() }
    }

    /// Applies one committed tick and appends its replies to `out`.
    ///
    /// # Panics
    /// If the tick is not the next one or its time does not rise: a fault of the caller, never of a command.
    pub fn apply(&mut self, tick: &Tick<'_>, out: &mut Outbox) {
        self.apply_on(tick, out, &mut Alone(1));
    }

    /// As [`Engine::apply`], on the shards of a crew: the result is the same, byte for byte. A crew of more shards than
    /// there are partitions leaves the work to its caller.
    ///
    /// # Panics
    /// As [`Engine::apply`].
    pub fn apply_on<C: Crew>(&mut self, tick: &Tick<'_>, out: &mut Outbox, crew: &mut C) {
        assert_eq!(tick.number, self.tick + 1, "ticks are applied in order");
        assert!(tick.time > self.time, "time rises from tick to tick");
        (self.tick, self.time) = (tick.number, tick.time);
        out.begin_tick(tick.number);
        let mut commands = tick.commands;
        let is_new = self.begun.is_none();
        if is_new {
            commands = self.begin(commands, out);
        }
        if let Some(begun) = &mut self.begun {
            begun.window = Window::new(&begun.genesis, tick);
            begun.do_due_work();
            begun.give_events(out, DUE_WORK);
            // Nothing of the tick that begins the ledger can be set aside.
            let aside = if is_new { Vec::new() } else { begun.quarantines.of_tick(tick.number) };
            begun.run_around(&aside, commands, out, crew);
        }
        out.mark.leave();
    }

    /// How several shards decided what they were given.
    pub fn deciding(&self) -> Deciding {
        self.begun.as_ref().map_or_else(Deciding::default, |begun| begun.deciding)
    }

    /// Number of the last tick applied; 0 before the first.
    pub fn tick(&self) -> u64 {
        self.tick
    }

    /// Time of the last tick applied, nanoseconds since the Unix epoch; 0 before the first.
    pub fn time(&self) -> u64 {
        self.time
    }

    /// Sum over all rows. The same ticks give the same digest, on any number of shards and in any process.
    pub fn digest(&self) -> u64 {
        self.begun.as_ref().map_or(0, Begun::digest)
    }

    /// When a tick is wanted, even without commands, nanoseconds since the Unix epoch.
    pub fn next_due(&self) -> Option<u64> {
        let partitions = self.begun.iter().flat_map(|begun| &begun.partitions);
        partitions.filter_map(Partition::next_due).min()
    }

    /// Reads commands up to genesis and begins with it; returns those that follow.
    fn begin<'a>(&mut self, mut commands: &'a [u8], out: &mut Outbox) -> &'a [u8] {
        while let Some((command, rest)) = next_command(commands) {
            commands = rest;
            out.count += 1;
            match command.map(|command| command.body) {
                Ok(Body::Genesis(genesis)) => {
                    let aside = core::mem::take(&mut self.aside);
                    self.begun = Some(Begun::new(&self.arena, *genesis, aside));
                    push_accepted(&mut out.replies, 0, self.tick, 0, &[]);
                    out.accepted += 1;
                    break;
                }
                Ok(_) => {
                    let refused = Refused::whole(Refusal::GenesisMisplaced, 0);
                    push_refused(&mut out.replies, 0, self.tick, 0, refused);
                }
                Err(fault) => push_fault(&mut out.replies, &fault),
            }
        }
        commands
    }
}

/// The next command, or what is wrong with its form, and the bytes behind it.
#[inline]
fn next_command(commands: &[u8]) -> Option<(Result<Command<'_>, Fault>, &[u8])> {
    if commands.is_empty() {
        return None;
    }
    let len = command_len(commands).unwrap_or(commands.len());
    Some((parse(commands, None), &commands[len..]))
}

impl Window {
    fn new(genesis: &Genesis, tick: &Tick<'_>) -> Window {
        let (window, ahead) = (genesis.id_window_ns.get(), genesis.id_ahead_ns.get());
        Window {
            tick: tick.number,
            now: tick.time,
            floor_ms: tick.time.saturating_sub(window) / 1_000_000,
            ahead_ms: (tick.time / 1_000_000).saturating_add(ahead / 1_000_000),
            since: tick.time.saturating_sub(window.saturating_add(ahead)),
        }
    }
}

impl Begun {
    fn new(arena: &Arena, genesis: Genesis, aside: Vec<CommandName>) -> Begun {
        let partitions = u32::from(genesis.partitions.get());
        Begun {
            key: HashKey::new(genesis.hash_key.map(|word| word.get())),
            games: Vec::new(),
            game_rows: Table::new(arena, GAMES),
            prize_rows: Table::new(arena, PRIZES),
            prizes: 0,
            agents: Agents::new(arena, &genesis),
            partitions: (1..=partitions).map(|number| Partition::new(arena, number, &genesis)).collect(),
            quarantines: Quarantines::new(arena, aside),
            window: Window::default(),
            found: Vec::new(),
            rooms: Vec::new(),
            events: Vec::new(),
            desks: Vec::new(),
            deciding: Deciding::default(),
            directory: Directory::new(),
            genesis,
        }
    }

    fn digest(&self) -> u64 {
        let partitions = self.partitions.iter().map(Partition::digest);
        let genesis = row_hash(0, 0, &GenesisWords::of(&self.genesis));
        let games = self.game_rows.digest().wrapping_add(self.prize_rows.digest());
        let shared = games.wrapping_add(self.agents.digest()).wrapping_add(self.quarantines.digest());
        partitions.fold(genesis.wrapping_add(shared), u64::wrapping_add)
    }

    /// One command: its id first, then what it asks for, then its reply.
    fn run(&mut self, call: &Call<'_>, out: &mut Outbox) {
        let Window { tick, .. } = self.window;
        let mut rooms = core::mem::take(&mut self.rooms);
        rooms.clear();
        let (flags, tick, result) = match self.outcome_of_id(call, &mut rooms) {
            Some(known) => known,
            None => (0, tick, self.execute(call, &mut rooms)),
        };
        let available = match call.account {
            Some(slot) => self.partitions[call.home].accounts.row(slot).available,
            None => self.available_of(call),
        };
        match result {
            Ok(()) => {
                push_accepted(&mut out.replies, flags, tick, available, &rooms);
                out.accepted += 1;
            }
            Err(refused) => push_refused(&mut out.replies, flags, tick, available, refused),
        }
        self.rooms = rooms;
    }

    /// What is answered from the id alone: a repetition, another use of it, or one outside the window.
    #[inline]
    fn outcome_of_id(&self, call: &Call<'_>, rooms: &mut Vec<I64>) -> Option<(u8, u64, Result<(), Refused>)> {
        let window = &self.window;
        let partition = &self.partitions[call.home];
        let refuse = |reason, acceptable| Some((0, window.tick, Err(Refused::whole(reason, acceptable))));
        let Some(known) = partition.ids.find(call.id_hash, call.scope, call.account, call.id, window.since)
        else {
            let time = call.command.header.id_time_ms();
            let floor = window.floor_ms.max(partition.floor_of(call.scope, call.account));
            if time <= floor {
                return refuse(Refusal::IdExpired, floor as i64 + 1);
            }
            if time > window.ahead_ms {
                return refuse(Refusal::IdAhead, window.ahead_ms as i64);
            }
            return None;
        };
        match known {
            Known::Ticket(slot) => {
                let ticket = partition.ids.ticket(slot);
                if ticket.content != call.content {
                    return refuse(Refusal::IdReused, 0);
                }
                self.rooms(call, rooms);
                Some((REPEATED, ticket.tick(), Ok(())))
            }
            Known::Remembered(slot) => {
                let row = partition.ids.remembered(slot);
                if row.is_mark != 0 {
                    return refuse(Refusal::TicketCancelled, 0);
                }
                if row.content != call.content {
                    return refuse(Refusal::IdReused, 0);
                }
                if row.code == ACCEPTED {
                    return Some((REPEATED, row.tick, Ok(())));
                }
                let reason = Refusal::from_code(row.code).expect("only refusals are remembered as such");
                Some((REPEATED, row.tick, Err(Refused { reason, bet: row.bet, acceptable: row.acceptable })))
            }
        }
    }

    /// Carries out a command whose id is new, and remembers what became of it. The rooms of a ticket go to `rooms`.
    #[inline]
    fn execute(&mut self, call: &Call<'_>, rooms: &mut Vec<I64>) -> Result<(), Refused> {
        if let Err(refused) = self.agents.check_may(&call.command) {
            self.remember(call, Err(refused));
            return Err(refused);
        }
        if let Body::TicketPlace(bets) = call.command.body {
            let placed = self.place(call, bets, rooms);
            return placed.inspect_err(|refused| self.remember(call, Err(*refused)));
        }
        let result = self.execute_other(call);
        self.remember(call, result);
        result
    }

    fn execute_other(&mut self, call: &Call<'_>) -> Result<(), Refused> {
        let header = call.command.header;
        let book = header.owner.get() as u32;
        let (now, most) = (self.window.now, self.promised_max());
        match call.command.body {
            Body::TicketPlace(_) => unreachable!("tickets are placed by execute"),
            Body::TicketCancel(cancel) => self.cancel(call, cancel.ticket.get()),
            Body::GameDefine(define, plays) => self.define(header.owner.get(), define, plays),
            Body::DrawCreate(create) => self.create(book, create),
            Body::DrawOpen => self.with_draw(book, |draw| draw.home.books.open(draw.slot)),
            Body::DrawClose => self.close(book),
            Body::DrawSuspend => self.with_draw(book, |draw| draw.home.books.suspend(draw.slot)),
            Body::DrawResume => self.with_draw(book, |draw| draw.home.books.resume(draw.slot, now)),
            Body::DrawVoid => self.with_draw(book, |draw| draw.home.books.void(draw.slot, now)),
            Body::TicketVoid(cancel) => self.void(header.owner.get(), cancel.ticket.get()),
            Body::DrawSettle(result, numbers) | Body::DrawCorrect(result, numbers) => {
                self.with_draw(book, |draw| {
                    let currency = draw.home.books.row(draw.slot).currency;
                    let room = draw.home.promisable(currency, most);
                    let given = Given { seal: &result.seal, numbers, actor: header.actor.get(), room };
                    let books = &mut draw.home.books;
                    let outcome = match call.command.kind() {
                        Kind::DrawSettle => books.settle(draw.game, draw.slot, &given, now),
                        _ => books.correct(draw.game, draw.slot, &given, now),
                    };
                    match outcome? {
                        Outcome::Kept => {}
                        Outcome::Holds { gain, owed } => draw.home.post(currency, |part| {
                            part.house += i128::from(gain);
                            part.promised += owed;
                        }),
                    }
                    Ok(())
                })
            }
            Body::LimitSet(set) => {
                self.with_draw(book, |draw| draw.home.books.set_limit(draw.game, draw.slot, set))
            }
            Body::NumberBlock(block) => {
                self.with_draw(book, |draw| draw.home.books.block(draw.game, draw.slot, block))
            }
            Body::Genesis(_) => Err(Refused::whole(Refusal::GenesisMisplaced, 0)),
            Body::Quarantine(record, _) => self.record(call, record),
            _ => self.execute_about_accounts(call),
        }
    }

    /// A partition's share of [`PROMISED_MAX`].
    fn promised_max(&self) -> i64 {
        PROMISED_MAX / i64::from(self.genesis.partitions.get())
    }

    fn define(&mut self, game: u64, define: &GameDefine, plays: Plays<'_>) -> Result<(), Refused> {
        if self.game(game, define.version.get()).is_some() {
            return Err(Refused::whole(Refusal::GameExists, 0));
        }
        let (row, prizes) = GameRow::checked(game, define, plays, self.prizes)
            .map_err(|place| Refused::whole(Refusal::GameInvalid, place))?;
        if self.games.len() >= GAMES_MAX {
            return Err(Refused::whole(Refusal::CapacityReached, GAMES_MAX as i64));
        }
        let slot = self.games.len() as u32;
        if slot.is_multiple_of(GAME_ROWS as u32) {
            self.game_rows.add_page();
        }
        self.game_rows.fill(slot, row);
        for prize in &prizes {
            if self.prizes.is_multiple_of(PRIZE_ROWS as u32) {
                self.prize_rows.add_page();
            }
            self.prize_rows.fill(self.prizes, *prize);
            self.prizes += 1;
        }
        self.games.push(Game::new(row, &prizes));
        Ok(())
    }

    fn create(&mut self, book: u32, create: &DrawCreate) -> Result<(), Refused> {
        let at = self
            .game(create.game.get(), create.version.get())
            .ok_or(Refused::whole(Refusal::GameUnknown, 0))?;
        if self.directory.has_departed(book) {
            return Err(Refused::whole(Refusal::DrawExists, 0));
        }
        let home = book_partition(book, self.partitions.len());
        let books = &mut self.partitions[home].books;
        let slot = books.create(book, create, at as u32, &self.games[at], self.window.now)?;
        let day = books.row(slot).generation;
        self.directory.add(Place { book, slot, home: home as u16, day });
        Ok(())
    }

    fn game(&self, game: u64, version: u16) -> Option<usize> {
        self.games.iter().position(|known| (known.row.game, known.row.version) == (game, version))
    }

    /// Partition and slot of a book, or why there is none.
    #[inline]
    fn find_book(&self, book: u32) -> Result<(usize, u32), Refusal> {
        match self.directory.find(book) {
            Some(place) => Ok((place.home.into(), place.slot)),
            None => Err(self.directory.missing(book)),
        }
    }

    fn with_draw(
        &mut self,
        book: u32,
        act: impl FnOnce(Draw<'_>) -> Result<(), Refused>,
    ) -> Result<(), Refused> {
        let (at, slot) = self.find_book(book).map_err(|refusal| Refused::whole(refusal, 0))?;
        let home = &mut self.partitions[at];
        let game = &self.games[home.books.row(slot).game as usize];
        let done = act(Draw { home, slot, game });
        self.hear(at);
        done
    }

    #[inline]
    fn remember(&mut self, call: &Call<'_>, result: Result<(), Refused>) {
        let most = self.genesis.refused_ids_max.get();
        call.remember(self.key, &self.window, &mut self.partitions[call.home], most, result);
    }
}

impl Call<'_> {
    /// Remembers what became of it, if it is no ticket that was accepted.
    #[inline]
    fn remember(
        &self,
        key: HashKey,
        window: &Window,
        home: &mut Partition,
        refused_most: u32,
        result: Result<(), Refused>,
    ) {
        let mut row = Remembered::new(self.scope, self.id, self.content);
        (row.time, row.tick) = (window.now, window.tick);
        let Err(refused) = result else { return home.ids.remember_accepted(self.id_hash, row) };
        (row.code, row.bet, row.acceptable) = (refused.reason as u16, refused.bet, refused.acceptable);
        home.remember_refused(key, self.id_hash, row, refused_most);
    }
}

/// A draw with its partition and its game.
struct Draw<'a> {
    home: &'a mut Partition,
    slot: u32,
    game: &'a Game,
}

/// Genesis padded to whole words, for the digest.
#[derive(IntoBytes, zerocopy::Immutable)]
#[repr(C)]
struct GenesisWords([u8; size_of::<Genesis>().next_multiple_of(8)]);

impl GenesisWords {
    fn of(genesis: &Genesis) -> GenesisWords {
        let mut words = [0; size_of::<Genesis>().next_multiple_of(8)];
        words[..size_of::<Genesis>()].copy_from_slice(genesis.as_bytes());
        GenesisWords(words)
    }
}
