//! The ledger: its ticks, and the commands that are not tickets.

use std::collections::{BTreeMap, BTreeSet};

use super::events::{Cells, Event, Watched, cells_of};
use super::memory::{Memory, What};
use super::money::Account;
use super::reply::narrow;
use super::statement::Written;
use super::{Ask, Bet, Book, Command, Draw, Game, Parameters, Reason, Refused, Reply, Ticket};

/// The whole ledger.
#[derive(Clone, Debug)]
pub struct Model {
    pub(super) rules: Parameters,
    pub(super) tick: u64,
    pub(super) time: u64,
    pub(super) accounts: BTreeMap<u64, Account>,
    pub(super) games: BTreeMap<(u64, u16), Game>,
    pub(super) books: BTreeMap<u32, Book>,
    pub(super) tickets: BTreeMap<(u64, u128), Ticket>,
    pub(super) memory: Memory,
    /// The accounts that principals stand for; those that are not here stand for all.
    pub(super) principals: BTreeMap<u32, u64>,
    /// Minor units by currency.
    pub(super) house: BTreeMap<u16, i128>,
    pub(super) tax: BTreeMap<u16, i128>,
    pub(super) rounding: BTreeMap<u16, i128>,
    pub(super) commission: BTreeMap<u16, i128>,
    pub(super) cash_in: BTreeMap<u16, i128>,
    pub(super) cash_out: BTreeMap<u16, i128>,
    /// Everything under which the stakes of a game are counted.
    pub(super) cells: BTreeMap<(u64, u16), Cells>,
    /// Every line of every statement there was, by account.
    pub(super) written: BTreeMap<u64, Vec<Written>>,
    /// Of these, those that are no stakes.
    pub(super) rows_written: usize,
    /// What the tick has told, in order.
    pub(super) events: Vec<Event>,
    /// What the command at hand, or the due work, tells.
    pub(super) told: Vec<Event>,
    /// What undecided draws still took before it.
    pub(super) watched: BTreeMap<u32, Watched>,
    pub(super) departed_draws: BTreeSet<u32>,
    pub(super) departed_tickets: Vec<(u64, u128)>,
    /// The latest time of an id of these, ms.
    pub(super) archived_ms: u64,
}

impl Model {
    /// A ledger with nothing in it.
    pub fn new(rules: Parameters) -> Model {
        Model {
            rules,
            tick: 0,
            time: 0,
            accounts: BTreeMap::new(),
            games: BTreeMap::new(),
            books: BTreeMap::new(),
            tickets: BTreeMap::new(),
            memory: Memory::default(),
            principals: BTreeMap::new(),
            house: BTreeMap::new(),
            tax: BTreeMap::new(),
            rounding: BTreeMap::new(),
            commission: BTreeMap::new(),
            cash_in: BTreeMap::new(),
            cash_out: BTreeMap::new(),
            cells: BTreeMap::new(),
            written: BTreeMap::new(),
            rows_written: 0,
            events: Vec::new(),
            told: Vec::new(),
            watched: BTreeMap::new(),
            departed_draws: BTreeSet::new(),
            departed_tickets: Vec::new(),
            archived_ms: 0,
        }
    }

    /// One tick: due work, then the commands in order. One reply for each.
    pub fn apply(&mut self, number: u64, time: u64, commands: &[Command]) -> Vec<Reply> {
        self.tick = number;
        self.time = time;
        self.events.clear();
        self.memory.forget(time);
        self.do_due_work();
        self.depart();
        self.tell_of_room();
        self.end_of_telling(None);
        let mut replies = Vec::new();
        for (at, command) in commands.iter().enumerate() {
            let states = self.states();
            replies.push(self.decide(command));
            self.tell_of_states(&states);
            self.tell_of_room();
            self.end_of_telling(Some(at as u32));
        }
        replies
    }

    /// The id first, then the command; what is unknown and cannot be remembered is not.
    fn decide(&mut self, command: &Command) -> Reply {
        let scope = command.scope();
        match self.memory.find(scope, command.id) {
            Some(known) => {
                let tick = known.tick;
                match &known.what {
                    What::Mark => return self.reply(command, Err(Reason::TicketCancelled.whole(0))),
                    What::Decided(ask, _) if *ask != command.ask => {
                        return self.reply(command, Err(Reason::IdReused.whole(0)));
                    }
                    What::Decided(_, refused) => {
                        let outcome = refused.map_or(Ok(()), Err);
                        return Reply { tick, repeated: true, ..self.reply(command, outcome) };
                    }
                }
            }
            None => {
                if let Err(refused) = self.memory.check(&self.rules, self.time, scope, command.id) {
                    return self.reply(command, Err(refused));
                }
            }
        }
        let outcome = self.check_authorised(command).and_then(|()| self.carry_out(command));
        self.memory.decided(&self.rules, self.tick, self.time, command, outcome.err());
        self.reply(command, outcome)
    }

    fn reply(&self, command: &Command, outcome: Result<(), Refused>) -> Reply {
        let account = command.ask.account().and_then(|account| self.accounts.get(&account));
        let rooms = match &command.ask {
            Ask::Place { bets, .. } if outcome.is_ok() => {
                let room = |bet: &Bet| {
                    let book = &self.books[&bet.book];
                    narrow(book.room(book.game.play(bet.play).expect("an accepted bet"), bet.number))
                };
                bets.iter().map(room).collect()
            }
            _ => Vec::new(),
        };
        let available = account.map_or(0, |account| narrow(account.available));
        Reply { refused: outcome.err(), tick: self.tick, available, rooms, repeated: false }
    }

    fn carry_out(&mut self, command: &Command) -> Result<(), Refused> {
        let time = self.time;
        match &command.ask {
            Ask::Place { account, bets } => self.place(command.id, *account, bets),
            Ask::Cancel { account, ticket } => self.cancel(command.id, *account, *ticket),
            Ask::OpenAccount { account, currency, parent } => self.open_account(*account, *currency, *parent),
            Ask::Deposit { account, amount } => self.deposit(command.id, *account, (*amount).into(), None),
            Ask::Withdraw { account, amount } => self.withdraw(command.id, *account, (*amount).into(), None),
            Ask::Wallet { account, act } => self.act(command.id, *account, act),
            Ask::DefineGame { game, version, table } => self.define_game(*game, *version, table),
            Ask::CreateDraw { book, draw } => self.create_draw(*book, draw),
            Ask::OpenDraw { book } => self.book(*book)?.open(),
            Ask::CloseDraw { book } => self.close(*book),
            Ask::Settle { book, seal, numbers } => self.settle(command.actor, *book, *seal, numbers),
            Ask::Correct { book, seal, numbers } => self.correct(command.actor, *book, *seal, numbers),
            Ask::SetPrincipal { principal, account } => {
                self.set_principal(command.actor, *principal, *account)
            }
            Ask::Suspend { book } => self.book(*book)?.suspend(),
            Ask::Resume { book } => self.book(*book)?.resume(time),
            Ask::Void { book } => self.book(*book)?.void(time),
            Ask::VoidTicket { account, ticket } => self.void_ticket(*account, *ticket),
            Ask::SetLimit { book, limit, value } => self.book(*book)?.set_limit(*limit, *value),
            Ask::Block { book, number, blocked } => self.book(*book)?.block(*number, *blocked),
        }
    }

    fn open_account(&mut self, account: u64, currency: u16, parent: u64) -> Result<(), Refused> {
        self.check_place(account, parent)?;
        if self.accounts.contains_key(&account) {
            return Err(Reason::AccountExists.whole(0));
        }
        self.check_parent_currency(currency, parent)?;
        self.check_capacity(self.accounts.len(), self.rules.accounts_max)?;
        self.check_tree_capacity(account, parent)?;
        self.accounts.insert(account, Account::new(currency, parent));
        self.memory.opened(account);
        Ok(())
    }

    fn define_game(&mut self, game: u64, version: u16, table: &Game) -> Result<(), Refused> {
        if self.games.contains_key(&(game, version)) {
            return Err(Reason::GameExists.whole(0));
        }
        table.check(version)?;
        self.games.insert((game, version), table.clone());
        self.cells.insert((game, version), cells_of(table));
        Ok(())
    }

    fn create_draw(&mut self, number: u32, draw: &Draw) -> Result<(), Refused> {
        let game = self.games.get(&(draw.game, draw.version)).ok_or(Reason::GameUnknown.whole(0))?;
        if self.books.contains_key(&number) || self.departed_draws.contains(&number) {
            return Err(Reason::DrawExists.whole(0));
        }
        let in_order = (draw.opens_at == 0 || draw.opens_at < draw.closes_at)
            && draw.closes_at > self.time
            && draw.settles_at >= draw.closes_at;
        let has_plays = |group: usize| game.plays.iter().any(|play| usize::from(play.group) == group);
        let only_groups =
            draw.stake_limits.iter().enumerate().all(|(group, limit)| *limit == 0 || has_plays(group));
        if !in_order || !only_groups {
            return Err(Reason::DrawInvalid.whole(0));
        }
        self.check_capacity(self.books.len(), self.rules.books_max)?;
        let cells = self.cells[&(draw.game, draw.version)].clone();
        self.books.insert(number, Book::new(number, draw.clone(), game.clone(), cells));
        Ok(())
    }

    fn settle(&mut self, actor: u32, number: u32, seal: [u8; 32], drawn: &[u16]) -> Result<(), Refused> {
        let time = self.time;
        let book = self.book(number)?;
        let currency = book.draw.currency;
        let surplus = book.settle(actor, seal, drawn, time)?;
        *self.house.entry(currency).or_default() += surplus;
        Ok(())
    }

    pub(super) fn book(&mut self, book: u32) -> Result<&mut Book, Refused> {
        let missing = self.no_draw(book).whole(0);
        self.books.get_mut(&book).ok_or(missing)
    }

    /// Bounds are counted per partition; with more than one, which rows share one is the engine's affair.
    pub(super) fn check_capacity(&self, rows: usize, most: u32) -> Result<(), Refused> {
        if self.rules.partitions == 1 && rows >= most as usize {
            return Err(Reason::CapacityReached.whole(most.into()));
        }
        Ok(())
    }
}
