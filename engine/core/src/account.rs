//! Accounts: balances, standing, holds, references and limits, and their checks. Touches only the rows of one partition's
//! accounts.
//!
//! The row of an account is a cache line and all that a ticket of a plain account needs. What few accounts have lies in
//! tables of its own, which are looked at only where a flag of the row says so.

mod exclusions;
mod holds;
mod movements;
mod references;
mod rolling;
mod standing;

use zerocopy::{FromBytes, FromZeros, Immutable, IntoBytes};

pub(crate) use self::holds::HoldRow;
pub(crate) use self::movements::{Cause, MovementRow};
pub(crate) use self::references::Movable;

use self::exclusions::{Exclusions, ExclusionsCut};
use self::holds::{Holds, HoldsCut};
use self::movements::{At, Movements, MovementsCut};
use self::references::{References, ReferencesCut};
use self::rolling::{Rolling, RollingCut};
use crate::command::{BALANCE_MAX, Body, Genesis, Kind, LimitOf, Movement, Standing};
use crate::event::{Balance, Event};
use crate::hash::HashKey;
use crate::ids::Newest;
use crate::query::{HoldState, MovementKind};
use crate::refusal::Refusal;
use crate::reply::Refused;
use crate::storage::arena::Arena;
use crate::storage::index::Index;
use crate::storage::lists::NONE;
use crate::storage::table::{Table, TableCut};

const PAGE_ROWS: usize = 64;
/// Rows that leave a table per partition and tick once their time is over, so that no tick stalls.
const SWEPT_PER_TICK: usize = 64;

/// Names of tables in the digest, counted from the accounts' own. Durable.
mod name {
    pub const EXCLUSIONS: u32 = 1;
    pub const HOLDS: u32 = 2;
    pub const REFERENCES: u32 = 3;
    /// Takes two.
    pub const ROLLING: u32 = 4;
    /// Takes two.
    pub const MOVEMENTS: u32 = 6;
}

/// One account: a cache line.
#[derive(Clone, Copy, FromBytes, IntoBytes, Immutable)]
#[repr(C)]
pub(crate) struct AccountRow {
    pub id: u64,
    pub available: i64,
    pub held: i64,
    pub owed: i64,
    pub credit_limit: i64,
    /// Ids up to this time, in ms, can no longer be told from repetitions.
    floor_low: u32,
    floor_high: u16,
    /// Generation and slot of the newest ticket; the latter is `NONE` if there was none.
    generation: u16,
    newest: u32,
    /// Tickets ever placed.
    pub tickets: u32,
    /// Holds whose money is in `held`.
    pub holds: u32,
    pub currency: u16,
    /// A [`Standing`].
    pub status: u8,
    /// What lies in tables of its own: [`EXCLUDED`], [`LIMITED`].
    flags: u8,
}

const _: () = assert!(size_of::<AccountRow>() == 64);

/// In `flags`: the account is or was excluded.
const EXCLUDED: u8 = 1;
/// In `flags`: the account has or had a rolling limit, and is counted.
const LIMITED: u8 = 2;

impl AccountRow {
    /// Ids up to this time, in ms, can no longer be told from repetitions.
    #[inline]
    pub(crate) fn floor_ms(&self) -> u64 {
        u64::from(self.floor_high) << 32 | u64::from(self.floor_low)
    }

    /// Its newest ticket, which may have left memory with its generation.
    pub(crate) fn newest(&self) -> Newest {
        Newest { generation: self.generation, ticket: self.newest }
    }

    /// Whether it may do everything and nothing is counted.
    #[inline]
    pub(crate) fn is_plain(&self) -> bool {
        self.status == Standing::Active as u8 && self.flags == 0
    }

    fn check_not_closed(&self) -> Result<(), Refused> {
        if self.status == Standing::Closed as u8 {
            return Err(Refused::whole(Refusal::AccountClosed, 0));
        }
        Ok(())
    }

    /// Whether its standing allows a debit.
    fn check_may_pay(&self) -> Result<(), Refused> {
        if self.status == Standing::Suspended as u8 {
            return Err(Refused::whole(Refusal::AccountSuspended, 0));
        }
        self.check_not_closed()
    }

    /// Whether `amount` can leave the available balance.
    #[inline]
    fn check_covered(&self, amount: i64) -> Result<(), Refused> {
        let covered = self.available.saturating_add(self.credit_limit);
        if amount > covered { Err(Refused::whole(Refusal::FundsShort, covered.max(0))) } else { Ok(()) }
    }

    /// Whether `amount` can be added to the balance.
    fn check_addable(&self, amount: i64) -> Result<(), Refused> {
        let room = (i128::from(BALANCE_MAX) - i128::from(self.available) - i128::from(self.held)).max(0);
        if i128::from(amount) > room {
            return Err(Refused::whole(Refusal::BalanceTooLarge, room.min(i64::MAX.into()) as i64));
        }
        Ok(())
    }

    /// Adds `amount`: what is owed is repaid first.
    #[inline]
    fn credit(&mut self, amount: i64) {
        let repaid = amount.min(self.owed);
        self.owed -= repaid;
        self.available += amount - repaid;
    }

    /// Gives back what a hold no longer holds. Nothing is repaid of it: it was the account's all the time.
    fn release(&mut self, held: i64, posted: i64) {
        self.held -= held;
        self.available += held - posted;
        self.holds -= 1;
    }
}

/// The accounts of one partition.
pub(crate) struct Accounts {
    rows: Table<AccountRow, PAGE_ROWS>,
    index: Index,
    count: u32,
    most: u32,
    exclusions: Exclusions,
    holds: Holds,
    references: References,
    rolling: Rolling,
    movements: Movements,
}

impl Accounts {
    pub(crate) fn new(arena: &Arena, name: u32, genesis: &Genesis) -> Accounts {
        let key = HashKey::new(genesis.hash_key.map(|word| word.get()));
        let (holds_max, window) = (genesis.holds_max.get(), genesis.id_window_ns.get());
        let (limited_max, delay) = (genesis.limited_accounts_max.get(), genesis.limit_raise_delay_ns.get());
        Accounts {
            rows: Table::new(arena, name),
            index: Index::new(arena),
            count: 0,
            most: genesis.accounts_max.get(),
            exclusions: Exclusions::new(arena, name + name::EXCLUSIONS, key),
            holds: Holds::new(arena, name + name::HOLDS, key, holds_max, window),
            references: References::new(arena, name + name::REFERENCES, key, genesis.references_max.get()),
            rolling: Rolling::new(arena, name + name::ROLLING, key, limited_max, delay),
            movements: Movements::new(arena, name + name::MOVEMENTS, genesis.movements_max.get()),
        }
    }

    /// The slot of an account.
    #[inline]
    pub(crate) fn find(&self, key: HashKey, account: u64) -> Option<u32> {
        self.find_hashed(key.owner(account), account)
    }

    /// The slot of an account whose hash is known.
    #[inline]
    pub(crate) fn find_hashed(&self, hash: u32, account: u64) -> Option<u32> {
        self.index.find(hash, |slot| self.rows.row(slot).id == account)
    }

    #[inline]
    pub(crate) fn row(&self, slot: u32) -> &AccountRow {
        self.rows.row(slot)
    }

    /// Hints that the account at `slot` will be needed soon.
    #[inline]
    pub(crate) fn prefetch(&self, slot: u32) {
        self.rows.prefetch(slot);
    }

    /// First hint for an account that will be needed soon.
    #[inline]
    pub(crate) fn prefetch_index(&self, hash: u32) {
        self.index.prefetch(hash);
    }

    /// The slot of the account of this hash, or of another with the same, without a look at its row, which is asked for:
    /// a second hint, once the first has arrived.
    #[inline]
    pub(crate) fn find_hinted(&self, hash: u32) -> Option<u32> {
        let slot = self.index.find(hash, |_| true)?;
        self.rows.prefetch(slot);
        Some(slot)
    }

    /// Whether an account can be opened.
    pub(crate) fn check_open(&self, key: HashKey, account: u64) -> Result<(), Refused> {
        if self.find(key, account).is_some() {
            return Err(Refused::whole(Refusal::AccountExists, 0));
        }
        if self.count >= self.most {
            return Err(Refused::whole(Refusal::CapacityReached, self.most.into()));
        }
        Ok(())
    }

    /// Opens an account that was checked; returns its slot.
    pub(crate) fn open(&mut self, key: HashKey, account: u64, currency: u16) -> u32 {
        let slot = self.count;
        if slot.is_multiple_of(PAGE_ROWS as u32) {
            self.rows.add_page();
        }
        let row = AccountRow {
            id: account,
            newest: NONE,
            currency,
            status: Standing::Active as u8,
            ..AccountRow::new_zeroed()
        };
        self.rows.fill(slot, row);
        self.movements.open(slot);
        self.index.insert(key.owner(account), slot);
        self.count += 1;
        slot
    }

    /// Whether a deposit can be made, or was made under its reference.
    pub(crate) fn check_deposit(&self, slot: u32, movement: &Movement, now: u64) -> Result<Movable, Refused> {
        let (row, amount) = (self.row(slot), movement.amount.get());
        row.check_not_closed()?;
        self.check_not_excluded(slot, now)?;
        let movable = self.references.check(slot, Kind::Deposit, movement, now)?;
        if movable == Movable::New {
            if row.flags & LIMITED != 0 {
                self.rolling.check(slot, LimitOf::Deposits, amount, now)?;
            }
            row.check_addable(amount)?;
        }
        Ok(movable)
    }

    /// Makes a deposit that was checked, by the command of this id.
    pub(crate) fn deposit(&mut self, slot: u32, movement: &Movement, id: u128, now: u64) {
        let amount = movement.amount.get();
        self.references.add(slot, Kind::Deposit, movement);
        self.credit(slot, amount, Cause::new(MovementKind::Deposit, movement.name(id)));
        if self.row(slot).flags & LIMITED != 0 {
            self.rolling.deposited(slot, amount, now);
        }
    }

    /// Whether a withdrawal can be made, or was made under its reference.
    pub(crate) fn check_withdraw(
        &self,
        slot: u32,
        movement: &Movement,
        now: u64,
    ) -> Result<Movable, Refused> {
        let row = self.row(slot);
        row.check_may_pay()?;
        let movable = self.references.check(slot, Kind::Withdraw, movement, now)?;
        if movable == Movable::New {
            row.check_covered(movement.amount.get())?;
        }
        Ok(movable)
    }

    /// Makes a withdrawal that was checked, by the command of this id.
    pub(crate) fn withdraw(&mut self, slot: u32, movement: &Movement, id: u128) {
        self.references.add(slot, Kind::Withdraw, movement);
        let cause = Cause::new(MovementKind::Withdrawal, movement.name(id));
        self.debit(slot, movement.amount.get(), cause);
    }

    /// Whether the account's standing and exclusion allow what a ticket, a deposit or a withdrawal is.
    #[inline]
    pub(crate) fn allows(&self, slot: u32, body: &Body<'_>, now: u64) -> bool {
        let row = self.row(slot);
        if row.is_plain() {
            return true;
        }
        match body {
            Body::Withdraw(_) => row.check_may_pay().is_ok(),
            Body::Deposit(_) => row.check_not_closed().is_ok() && self.check_not_excluded(slot, now).is_ok(),
            _ => row.check_may_pay().is_ok() && self.check_not_excluded(slot, now).is_ok(),
        }
    }

    /// What its rolling limits on `of` leave, if it has had any.
    #[inline]
    pub(crate) fn limit_room(&self, slot: u32, of: LimitOf, now: u64) -> Option<i64> {
        let is_limited = self.row(slot).flags & LIMITED != 0;
        is_limited.then(|| self.rolling.room(slot, of, now))
    }

    /// Whether a movement is new by its reference, if it has one, also behind so many others.
    pub(crate) fn is_new(&self, slot: u32, kind: Kind, movement: &Movement, now: u64, behind: u64) -> bool {
        self.references.check(slot, kind, movement, now) == Ok(Movable::New)
            && (movement.reference.get() == 0 || self.references.has_room(behind))
    }

    /// Takes from the available balance what was checked.
    pub(crate) fn debit(&mut self, slot: u32, amount: i64, cause: Cause) {
        self.change(slot, cause, |row| row.available -= amount);
    }

    /// Whether a transfer of `amount` can leave the account.
    pub(crate) fn check_pay(&self, slot: u32, amount: i64) -> Result<(), Refused> {
        let row = self.row(slot);
        row.check_may_pay()?;
        row.check_covered(amount)
    }

    /// Whether a transfer of `amount` in `currency` can come in.
    pub(crate) fn check_receive(&self, slot: u32, currency: u16, amount: i64) -> Result<(), Refused> {
        let row = self.row(slot);
        if row.status == Standing::Closed as u8 {
            return Err(Refused::whole(Refusal::ReceiverClosed, 0));
        }
        if row.currency != currency {
            return Err(Refused::whole(Refusal::CurrencyMismatch, row.currency.into()));
        }
        row.check_addable(amount)
    }

    /// Whether a ticket of this stake can be paid.
    #[inline]
    pub(crate) fn check_stake(&self, slot: u32, amount: i64, now: u64) -> Result<(), Refused> {
        let row = self.row(slot);
        if !row.is_plain() {
            self.check_stake_allowed(slot, amount, now)?;
        }
        row.check_covered(amount)
    }

    #[cold]
    fn check_stake_allowed(&self, slot: u32, amount: i64, now: u64) -> Result<(), Refused> {
        let row = self.row(slot);
        row.check_may_pay()?;
        self.check_not_excluded(slot, now)?;
        if row.flags & LIMITED != 0 {
            self.rolling.check(slot, LimitOf::Stakes, amount, now)?;
            self.rolling.check(slot, LimitOf::NetLoss, amount, now)?;
        }
        Ok(())
    }

    fn check_not_excluded(&self, slot: u32, now: u64) -> Result<(), Refused> {
        let until = self.excluded_until(slot);
        if now < until { Err(Refused::whole(Refusal::AccountExcluded, millis(until))) } else { Ok(()) }
    }

    /// Adds to the balance; what is owed is repaid first.
    pub(crate) fn credit(&mut self, slot: u32, amount: i64, cause: Cause) {
        self.change(slot, cause, |row| row.credit(amount));
    }

    /// Changes the balances of an account, and keeps the movement. Whatever changes them goes through here, but for
    /// stakes, which their tickets tell.
    fn change(&mut self, slot: u32, cause: Cause, change: impl FnOnce(&mut AccountRow)) -> AccountRow {
        let before = *self.rows.row(slot);
        let after = self.rows.update(slot, |row| {
            change(row);
            *row
        });
        self.movements.add(slot, cause, &before, &after);
        after
    }

    /// The newest movement of an account.
    pub(crate) fn newest_movement(&self, slot: u32) -> At {
        self.movements.newest(slot)
    }

    /// The row of a movement, unless it has left memory.
    pub(crate) fn movement(&self, at: At) -> Option<&MovementRow> {
        self.movements.row(at)
    }

    /// Takes the stake of a ticket that becomes the newest. Returns the one that was before, and how many tickets the
    /// account had placed.
    #[inline]
    pub(crate) fn stake(&mut self, slot: u32, amount: i64, newest: Newest, now: u64) -> (Newest, u32) {
        let (before, flags) = self.rows.update(slot, |row| {
            let before = (row.newest(), row.tickets);
            row.available -= amount;
            row.tickets = row.tickets.wrapping_add(1);
            (row.generation, row.newest) = (newest.generation, newest.ticket);
            (before, row.flags)
        });
        if flags & LIMITED != 0 {
            self.rolling.staked(slot, amount, now);
        }
        before
    }

    /// Credits a payout or a refund, which arrives whatever the account's standing is.
    pub(crate) fn give_back(&mut self, slot: u32, amount: i64, cause: Cause, now: u64) {
        let after = self.change(slot, cause, |row| row.credit(amount));
        if after.flags & LIMITED != 0 {
            self.rolling.returned(slot, amount, now);
        }
    }

    /// Whether `amount` can be held until `expires_at`.
    pub(crate) fn check_hold(
        &self,
        slot: u32,
        amount: i64,
        expires_at: u64,
        now: u64,
    ) -> Result<(), Refused> {
        let row = self.row(slot);
        row.check_may_pay()?;
        if expires_at <= now {
            return Err(Refused::whole(Refusal::HoldExpired, millis(now)));
        }
        row.check_covered(amount)?;
        self.holds.check_room()
    }

    pub(crate) fn hold(&mut self, slot: u32, id: u128, amount: i64, expires_at: u64) {
        let after = self.change(slot, Cause::new(MovementKind::HoldPlaced, id), |row| {
            row.available -= amount;
            row.held += amount;
            row.holds += 1;
        });
        self.holds.add(slot, after.id, id, amount, expires_at);
    }

    /// Where a hold lies of which `amount` (0: all of it) can be posted; one that can be voided, too.
    pub(crate) fn check_finish(&self, slot: u32, id: u128, amount: i64, now: u64) -> Result<u32, Refused> {
        self.holds.check_finish(slot, id, amount, now)
    }

    /// Posts `amount` of a hold (0: all of it) and releases the rest; returns what was posted.
    pub(crate) fn post_hold(&mut self, slot: u32, hold: u32, amount: i64, now: u64) -> i64 {
        let held = self.holds.row(hold).amount;
        let posted = if amount == 0 { held } else { amount };
        let owner = self.release(slot, hold, MovementKind::HoldPosted, posted);
        self.holds.finish(hold, owner, HoldState::Posted, posted, now);
        posted
    }

    pub(crate) fn void_hold(&mut self, slot: u32, hold: u32, now: u64) {
        let owner = self.release(slot, hold, MovementKind::HoldReleased, 0);
        self.holds.finish(hold, owner, HoldState::Voided, 0, now);
    }

    /// Releases what a hold held, less what was posted of it. Returns the account's number.
    fn release(&mut self, slot: u32, hold: u32, kind: MovementKind, posted: i64) -> u64 {
        let HoldRow { id, amount, .. } = *self.holds.row(hold);
        self.change(slot, Cause::new(kind, id), |row| row.release(amount, posted)).id
    }

    /// A hold that is kept.
    pub(crate) fn find_hold(&self, slot: u32, id: u128, now: u64) -> Option<&HoldRow> {
        self.holds.find(slot, id, now).map(|hold| self.holds.row(hold))
    }

    /// Deadline and account of the hold that is to be released first.
    pub(crate) fn due(&self) -> Option<(u64, u64)> {
        self.holds.due()
    }

    /// As [`Accounts::due`], as long as the tick may release more.
    pub(crate) fn due_in_tick(&self) -> Option<(u64, u64)> {
        self.holds.due_in_tick()
    }

    /// Releases the hold that is due first, and tells it.
    pub(crate) fn expire_first_hold(&mut self) -> Option<Event> {
        let hold = self.holds.expire_first()?;
        let HoldRow { id, amount, account: slot, .. } = *self.holds.row(hold);
        self.release(slot, hold, MovementKind::HoldReleased, 0);
        Some(Event::hold_expired(id, self.balance(slot, amount)))
    }

    /// What events tell of an account's balance that has just changed by `amount`.
    pub(crate) fn balance(&self, slot: u32, amount: i64) -> Balance {
        let AccountRow { id: account, available, .. } = *self.row(slot);
        Balance { account, amount, available }
    }

    /// Begins a tick: forgets a bounded number of rows whose time is over.
    pub(crate) fn begin_tick(&mut self, tick: u64, now: u64) {
        self.movements.begin_tick(tick);
        self.holds.begin_tick();
        self.references.sweep(now);
    }

    /// Ends a tick's due work: forgets a bounded number of finished holds.
    pub(crate) fn end_due_work(&mut self, now: u64) {
        self.holds.sweep(now);
    }

    pub(crate) fn raise_floor(&mut self, slot: u32, floor_ms: u64) {
        self.rows.update(slot, |row| {
            // The time of an id has 48 bits.
            let floor_ms = floor_ms.max(row.floor_ms());
            (row.floor_low, row.floor_high) = (floor_ms as u32, (floor_ms >> 32) as u16);
        });
    }

    pub(crate) fn count(&self) -> u64 {
        self.count.into()
    }

    pub(crate) fn bytes(&self) -> usize {
        self.rows.bytes()
            + self.index.bytes()
            + self.exclusions.bytes()
            + self.holds.bytes()
            + self.references.bytes()
            + self.rolling.bytes()
            + self.movements.bytes()
    }

    pub(crate) fn digest(&self) -> u64 {
        self.rows
            .digest()
            .wrapping_add(self.exclusions.digest())
            .wrapping_add(self.holds.digest())
            .wrapping_add(self.references.digest())
            .wrapping_add(self.rolling.digest())
            .wrapping_add(self.movements.digest())
    }

    pub(crate) fn cut(&mut self) -> AccountsCut {
        AccountsCut {
            rows: self.rows.cut(),
            exclusions: self.exclusions.cut(),
            holds: self.holds.cut(),
            references: self.references.cut(),
            rolling: self.rolling.cut(),
            movements: self.movements.cut(),
        }
    }
}

/// A time in whole milliseconds since the Unix epoch.
fn millis(ns: u64) -> i64 {
    (ns / 1_000_000) as i64
}

/// The accounts of a partition at the time of a cut.
pub(crate) struct AccountsCut {
    rows: TableCut<AccountRow, PAGE_ROWS>,
    exclusions: ExclusionsCut,
    holds: HoldsCut,
    references: ReferencesCut,
    rolling: RollingCut,
    movements: MovementsCut,
}

impl AccountsCut {
    /// Every account, rows of zeros included.
    pub(crate) fn rows(&self) -> impl Iterator<Item = &AccountRow> {
        self.rows.rows()
    }

    /// What all holds hold, minor units of any currency.
    pub(crate) fn held_by_holds(&self) -> i128 {
        self.holds.rows().filter(|hold| hold.is_held()).map(|hold| i128::from(hold.amount)).sum()
    }

    /// The digest, summed anew.
    pub(crate) fn digest(&self) -> u64 {
        self.rows
            .digest()
            .wrapping_add(self.exclusions.digest())
            .wrapping_add(self.holds.digest())
            .wrapping_add(self.references.digest())
            .wrapping_add(self.rolling.digest())
            .wrapping_add(self.movements.digest())
    }
}
