//! Periods of commission: what share of the stakes an account gets, of draws that close when. Only accounts that have
//! ever had one have a row, and keep it.

use zerocopy::{FromBytes, FromZeros, Immutable, IntoBytes};

use crate::command::{CommissionSet, PERIOD_KEPT_NS, PERIODS_MAX};
use crate::hash::HashKey;
use crate::refusal::Refusal;
use crate::reply::Refused;
use crate::storage::arena::Arena;
use crate::storage::index::Index;
use crate::storage::table::{Table, TableCut};

const PERIODS_ROWS: usize = 64;

/// A share, and when draws close that it is of.
#[derive(Clone, Copy, FromBytes, IntoBytes, Immutable)]
#[repr(C)]
pub(crate) struct Period {
    pub from: u64,
    /// 0: for ever.
    pub until: u64,
    pub ppm: u32,
    reserved: u32,
}

/// The periods of an account, in the order in which they were set.
#[derive(Clone, Copy, FromBytes, IntoBytes, Immutable)]
#[repr(C)]
pub(crate) struct PeriodsRow {
    account: u64,
    count: u64,
    periods: [Period; PERIODS_MAX],
}

/// The periods of a ledger.
pub(crate) struct Periods {
    key: HashKey,
    rows: Table<PeriodsRow, PERIODS_ROWS>,
    index: Index,
    count: u32,
    most: u32,
}

impl Period {
    fn covers(&self, time: u64) -> bool {
        self.from <= time && (self.until == 0 || time < self.until)
    }

    fn is_kept(&self, now: u64) -> bool {
        self.until == 0 || self.until > now.saturating_sub(PERIOD_KEPT_NS)
    }
}

impl PeriodsRow {
    fn periods(&self) -> &[Period] {
        &self.periods[..self.count as usize]
    }
}

impl Periods {
    pub(super) fn new(arena: &Arena, name: u32, key: HashKey, most: u32) -> Periods {
        Periods { key, rows: Table::new(arena, name), index: Index::new(arena), count: 0, most }
    }

    /// Whether no account has ever had one.
    pub(crate) fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Whether an account has ever had one.
    pub(crate) fn has_any(&self, account: u64) -> bool {
        self.find(account).is_some()
    }

    /// Those of an account that are kept, in the order in which they were set.
    pub(crate) fn of(&self, account: u64) -> &[Period] {
        self.find(account).map_or(&[], |slot| self.rows.row(slot).periods())
    }

    /// The share of an account in draws that close at `time`, in parts per million.
    pub(crate) fn rate(&self, account: u64, time: u64) -> u32 {
        self.of(account).iter().rev().find(|period| period.covers(time)).map_or(0, |period| period.ppm)
    }

    /// Whether there is room for another period of an account.
    pub(crate) fn check_room(&self, account: u64, now: u64) -> Result<(), Refused> {
        let most = match self.find(account) {
            None if self.count >= self.most => self.most.into(),
            Some(slot)
                if self.rows.row(slot).periods().iter().filter(|period| period.is_kept(now)).count()
                    >= PERIODS_MAX =>
            {
                PERIODS_MAX as i64
            }
            _ => return Ok(()),
        };
        Err(Refused::whole(Refusal::CapacityReached, most))
    }

    /// Adds a period for which there is room, and forgets those that are over for long.
    pub(crate) fn add(&mut self, account: u64, set: &CommissionSet, now: u64) {
        let slot = self.find(account).unwrap_or_else(|| self.add_row(account));
        let (from, until, ppm) = (set.from.get(), set.until.get(), set.ppm.get());
        self.rows.update(slot, |row| {
            let before = *row;
            let kept = before.periods().iter().filter(|period| period.is_kept(now)).copied();
            let all = kept.chain([Period { from, until, ppm, reserved: 0 }]);
            (row.count, row.periods) = (0, [Period::new_zeroed(); PERIODS_MAX]);
            for (place, period) in row.periods.iter_mut().zip(all) {
                *place = period;
                row.count += 1;
            }
        });
    }

    fn add_row(&mut self, account: u64) -> u32 {
        let slot = self.count;
        if slot.is_multiple_of(PERIODS_ROWS as u32) {
            self.rows.add_page();
        }
        self.rows.fill(slot, PeriodsRow { account, ..PeriodsRow::new_zeroed() });
        self.index.insert(self.key.owner(account), slot);
        self.count += 1;
        slot
    }

    fn find(&self, account: u64) -> Option<u32> {
        self.index.find(self.key.owner(account), |slot| self.rows.row(slot).account == account)
    }

    pub(super) fn bytes(&self) -> usize {
        self.rows.bytes() + self.index.bytes()
    }

    pub(super) fn digest(&self) -> u64 {
        self.rows.digest()
    }

    pub(super) fn cut(&mut self) -> PeriodsCut {
        self.rows.cut()
    }
}

/// The periods at the time of a cut.
pub(super) type PeriodsCut = TableCut<PeriodsRow, PERIODS_ROWS>;

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: u64 = PERIOD_KEPT_NS;

    fn set(ppm: u32, from: u64, until: u64) -> CommissionSet {
        CommissionSet { ppm: ppm.into(), reserved: 0.into(), from: from.into(), until: until.into() }
    }

    #[test]
    fn the_last_that_covers_a_time_holds() {
        let mut periods = Periods::new(&Arena::new(0), 5, HashKey::new([1, 2]), 2);
        periods.add(7, &set(100, 10, 0), 1);
        periods.add(7, &set(200, 20, 30), 1);
        let rates = [9, 10, 19, 20, 29, 30].map(|time| periods.rate(7, time));
        assert_eq!(rates, [0, 100, 100, 200, 200, 100]);
        assert_eq!((periods.rate(8, 20), periods.has_any(8), periods.of(7).len()), (0, false, 2));
    }

    #[test]
    fn what_is_over_for_a_day_makes_room() {
        let mut periods = Periods::new(&Arena::new(0), 5, HashKey::new([1, 2]), 1);
        for place in 0..PERIODS_MAX as u64 {
            assert!(periods.check_room(7, 1).is_ok());
            periods.add(7, &set(1, 0, 10 + place), 1);
        }
        let full = |most| Err(Refused::whole(Refusal::CapacityReached, most));
        assert_eq!(periods.check_room(7, DAY + 9), full(8));
        assert_eq!(periods.check_room(8, 1), full(1));
        assert!(periods.check_room(7, DAY + 11).is_ok());
        periods.add(7, &set(5, 0, 0), DAY + 11);
        assert_eq!((periods.of(7).len(), periods.rate(7, 16)), (7, 5));
    }
}
