//! One partition: the accounts, ids and books that hash to it, and its part of the operator's accounts.

use zerocopy::{FromBytes, Immutable, IntoBytes};

use crate::account::{Accounts, AccountsCut};
use crate::book::{Books, BooksCut};
use crate::command::{Genesis, Lane, Movement, id_time_ms};
use crate::hash::HashKey;
use crate::ids::{Ids, IdsCut, Newest, Remembered, Scope, TicketRow};
use crate::storage::arena::Arena;
use crate::storage::table::{Table, TableCut};

const PART_ROWS: usize = 16;

/// Keeps the floor of accounts that are not open, which they take over when they are; no principal has this number.
const UNKNOWN_ACCOUNTS: u64 = u64::MAX - 1;
/// Keeps the latest time of the ids of tickets that have left memory; no principal has this number.
const ARCHIVED: u64 = u64::MAX - 2;

/// Names of tables in the digest. Durable: a table keeps its name, and lists take two.
mod name {
    /// And what accounts keep in tables of their own.
    pub const ACCOUNTS: u32 = 10;
    pub const IDS: u32 = 20;
    pub const BOOKS: u32 = 30;
    pub const PARTS: u32 = 40;
    pub const FLOORS: u32 = 50;
    /// What was added to books later.
    pub const MORE_OF_BOOKS: u32 = 60;
}

/// A partition's part of the operator's accounts in one currency. The sum over partitions is what counts; a part may
/// be negative.
#[derive(Clone, Copy, FromBytes, IntoBytes, Immutable)]
#[repr(C)]
pub(crate) struct PartRow {
    pub cash_in: i128,
    pub cash_out: i128,
    pub house: i128,
    pub tax: i128,
    pub rounding: i128,
    pub commission: i128,
    pub currency: u64,
    /// What results, corrections and commission of books here have ever promised.
    pub promised: i64,
}

/// The floor of the ids of a holder that has no row of its own: a principal, or all accounts that are not open.
#[derive(Clone, Copy, FromBytes, IntoBytes, Immutable)]
#[repr(C)]
struct FloorRow {
    /// The holder plus one: holder 0 has a floor, too, and a row without one is free.
    named: u64,
    floor_ms: u64,
}

/// Everything that one thread may touch while another touches another partition.
pub(crate) struct Partition {
    pub accounts: Accounts,
    pub ids: Ids,
    pub books: Books,
    parts: Table<PartRow, PART_ROWS>,
    floors: Table<FloorRow, PART_ROWS>,
}

impl Partition {
    /// A partition without rows; `number` keeps its rows apart from those of others in the digest.
    pub(crate) fn new(arena: &Arena, number: u32, genesis: &Genesis) -> Partition {
        let base = number << 8;
        Partition {
            accounts: Accounts::new(arena, base + name::ACCOUNTS, genesis),
            ids: Ids::new(arena, base + name::IDS),
            books: Books::new(arena, base + name::BOOKS, base + name::MORE_OF_BOOKS, genesis),
            parts: Table::new(arena, base + name::PARTS),
            floors: Table::new(arena, base + name::FLOORS),
        }
    }

    /// Changes this partition's part of the operator's accounts.
    pub(crate) fn post(&mut self, currency: u16, change: impl FnOnce(&mut PartRow)) {
        let slots = self.parts.pages() * PART_ROWS as u32;
        let currency = u64::from(currency);
        // Currencies are few, and each takes the first free row: a short walk finds it.
        let found = (0..slots).find(|&slot| [currency, 0].contains(&self.parts.row(slot).currency));
        let slot = found.unwrap_or_else(|| self.parts.add_page() * PART_ROWS as u32);
        self.parts.update(slot, |part| {
            part.currency = currency;
            change(part);
        });
    }

    /// What books here may still promise in a currency, of `most`; see [`crate::command::PROMISED_MAX`].
    pub(crate) fn promisable(&self, currency: u16, most: i64) -> i64 {
        let parts = (0..self.parts.pages() * PART_ROWS as u32).map(|slot| self.parts.row(slot));
        let promised = parts.filter(|part| part.currency == u64::from(currency)).map(|part| part.promised);
        most - promised.sum::<i64>()
    }

    /// Makes a deposit that was checked, by the command of this id.
    pub(crate) fn deposit(&mut self, account: u32, movement: &Movement, id: u128, now: u64) {
        self.accounts.deposit(account, movement, id, now);
        let currency = self.accounts.row(account).currency;
        self.post(currency, |part| part.cash_in += i128::from(movement.amount.get()));
    }

    /// Makes a withdrawal that was checked, by the command of this id.
    pub(crate) fn withdraw(&mut self, account: u32, movement: &Movement, id: u128) {
        self.accounts.withdraw(account, movement, id);
        self.pay_out(account, movement.amount.get());
    }

    /// Counts what leaves the ledger from an account.
    pub(crate) fn pay_out(&mut self, account: u32, amount: i64) {
        let currency = self.accounts.row(account).currency;
        self.post(currency, |part| part.cash_out += i128::from(amount));
    }

    /// The floor of the ids of a scope, in ms; its account lies at `account`.
    #[inline]
    pub(crate) fn floor_of(&self, scope: Scope, account: Option<u32>) -> u64 {
        match (scope.lane, account) {
            (Lane::Bets, Some(slot)) => self.accounts.row(slot).floor_ms(),
            (Lane::Bets, None) => self.floor_of_holder(UNKNOWN_ACCOUNTS),
            (Lane::Operators, _) => self.floor_of_holder(scope.owner),
        }
    }

    /// Gives an account that was opened the floor of those that are not.
    pub(crate) fn inherit_floor(&mut self, account: u32) {
        let floor = self.floor_of_holder(UNKNOWN_ACCOUNTS);
        self.accounts.raise_floor(account, floor);
    }

    /// Remembers a refusal or a mark, of which there are at most `most`; one that has to leave for it raises its floor.
    pub(crate) fn remember_refused(&mut self, key: HashKey, id_hash: u32, row: Remembered, most: u32) {
        let Some(left) = self.ids.remember_refused(key, id_hash, row, most.into()) else { return };
        let floor = id_time_ms(left.id);
        match left.owner() {
            Scope { lane: Lane::Operators, owner } => self.raise_floor_of(owner, floor),
            Scope { lane: Lane::Bets, owner } => match self.accounts.find(key, owner) {
                Some(account) => self.accounts.raise_floor(account, floor),
                None => self.raise_floor_of(UNKNOWN_ACCOUNTS, floor),
            },
        }
    }

    /// Takes the stake of a ticket of a generation and completes its row, but for its bets. Returns the slot that it will
    /// lie at.
    #[inline]
    pub(crate) fn stake(
        &mut self,
        key: HashKey,
        row: &mut TicketRow,
        amount: i64,
        generation: u16,
        now: u64,
    ) -> u32 {
        let ticket = self.ids.next_ticket(generation);
        let newest = Newest { generation, ticket };
        let (before, tickets) = self.accounts.stake(row.account, amount, newest, now);
        row.set_ordinal(tickets);
        row.older = self.ids.chain(key, row.account, generation, before);
        ticket
    }

    /// Lets a generation of tickets leave.
    pub(crate) fn retire(&mut self, day: u16) {
        if let Some(latest_ms) = self.ids.retire(day) {
            self.raise_floor_of(ARCHIVED, latest_ms);
        }
    }

    /// The latest time of the ids of tickets that have left memory, in ms.
    pub(crate) fn archived_ms(&self) -> u64 {
        self.floor_of_holder(ARCHIVED)
    }

    fn floor_of_holder(&self, holder: u64) -> u64 {
        let slots = self.floors.pages() * PART_ROWS as u32;
        (0..slots)
            .map(|slot| self.floors.row(slot))
            .find(|row| row.named == holder + 1)
            .map_or(0, |row| row.floor_ms)
    }

    fn raise_floor_of(&mut self, holder: u64, floor_ms: u64) {
        let slots = self.floors.pages() * PART_ROWS as u32;
        let named = holder + 1;
        let found = (0..slots).find(|&slot| [named, 0].contains(&self.floors.row(slot).named));
        let slot = found.unwrap_or_else(|| self.floors.add_page() * PART_ROWS as u32);
        self.floors.update(slot, |row| {
            row.named = named;
            row.floor_ms = row.floor_ms.max(floor_ms);
        });
    }

    /// When this partition wants a tick.
    pub(crate) fn next_due(&self) -> Option<u64> {
        let books = self.books.due().map(|(deadline, _)| deadline);
        let commissions = self.books.commissions.due().map(|(deadline, _)| deadline);
        let accounts = self.accounts.due().map(|(deadline, _)| deadline);
        [books, commissions, accounts, self.books.leaves_at()].into_iter().flatten().min()
    }

    pub(crate) fn bytes(&self) -> usize {
        self.accounts.bytes()
            + self.ids.bytes()
            + self.books.bytes()
            + self.parts.bytes()
            + self.floors.bytes()
    }

    pub(crate) fn digest(&self) -> u64 {
        self.accounts
            .digest()
            .wrapping_add(self.ids.digest())
            .wrapping_add(self.books.digest())
            .wrapping_add(self.parts.digest())
            .wrapping_add(self.floors.digest())
    }

    pub(crate) fn cut(&mut self) -> PartitionCut {
        PartitionCut {
            accounts: self.accounts.cut(),
            ids: self.ids.cut(),
            books: self.books.cut(),
            parts: self.parts.cut(),
            floors: self.floors.cut(),
        }
    }
}

/// A partition at the time of a cut.
pub(crate) struct PartitionCut {
    pub accounts: AccountsCut,
    pub ids: IdsCut,
    pub books: BooksCut,
    pub parts: TableCut<PartRow, PART_ROWS>,
    floors: TableCut<FloorRow, PART_ROWS>,
}

impl PartitionCut {
    /// The digest, summed anew.
    pub(crate) fn digest(&self) -> u64 {
        self.accounts
            .digest()
            .wrapping_add(self.ids.digest())
            .wrapping_add(self.books.digest())
            .wrapping_add(self.parts.digest())
            .wrapping_add(self.floors.digest())
    }
}
