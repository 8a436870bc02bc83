//! Rolling limits: what an account deposits, stakes and loses within a day, a week and a month.
//!
//! Sums are kept in buckets that count whole until they leave the window. Only accounts that have ever had a limit have
//! rows here, and they count from then on.

use zerocopy::{FromBytes, FromZeros, Immutable, IntoBytes};

use crate::command::{LimitOf, LimitWindow, NO_LIMIT};
use crate::hash::HashKey;
use crate::refusal::Refusal;
use crate::reply::Refused;
use crate::storage::arena::Arena;
use crate::storage::index::Index;
use crate::storage::table::{Table, TableCut};

const LIMIT_ROWS: usize = 64;
const BUCKET_ROWS: usize = 1024;
const HOUR_NS: u64 = 60 * 60 * 1_000_000_000;
/// What is counted: see [`LimitOf`].
const COUNTED: usize = 3;

/// A window: how wide its buckets are, how many it holds, and where its first lies among an account's.
struct Span {
    width: u64,
    buckets: u32,
    first: u32,
}

/// By the number of the [`LimitWindow`], less one.
const SPANS: [Span; 3] = [
    Span { width: HOUR_NS, buckets: 24, first: 0 },
    Span { width: 6 * HOUR_NS, buckets: 28, first: 24 },
    Span { width: 24 * HOUR_NS, buckets: 30, first: 52 },
];
const BUCKETS: u32 = 82;

const _: () = assert!(SPANS[2].first + SPANS[2].buckets == BUCKETS);

/// One limit: what holds, and what will.
#[derive(Clone, Copy, FromBytes, IntoBytes, Immutable)]
#[repr(C)]
struct Limit {
    now: i64,
    raised: i64,
    /// When `raised` begins to hold; 0: nothing is raised.
    raised_at: u64,
}

/// The limits of an account, by what they count and by window.
#[derive(Clone, Copy, FromBytes, IntoBytes, Immutable)]
#[repr(C)]
pub(super) struct LimitRow {
    /// Slot of the account.
    account: u32,
    reserved: u32,
    limits: [[Limit; SPANS.len()]; COUNTED],
}

/// What was counted in one bucket of a window.
#[derive(Clone, Copy, FromBytes, IntoBytes, Immutable)]
#[repr(C)]
pub(super) struct BucketRow {
    /// Which: time by width.
    number: u64,
    sums: [i64; COUNTED],
}

impl Limit {
    fn at(&self, now: u64) -> i64 {
        if self.raised_at != 0 && now >= self.raised_at { self.raised } else { self.now }
    }
}

/// The limited accounts of a partition.
pub(super) struct Rolling {
    key: HashKey,
    rows: Table<LimitRow, LIMIT_ROWS>,
    /// `BUCKETS` for each row, in the order of the rows.
    buckets: Table<BucketRow, BUCKET_ROWS>,
    index: Index,
    count: u32,
    most: u32,
    raise_delay: u64,
}

impl Rolling {
    /// No limited accounts. The buckets take the name after `name`.
    pub(super) fn new(arena: &Arena, name: u32, key: HashKey, most: u32, raise_delay: u64) -> Rolling {
        Rolling {
            key,
            rows: Table::new(arena, name),
            buckets: Table::new(arena, name + 1),
            index: Index::new(arena),
            count: 0,
            most,
            raise_delay,
        }
    }

    /// Whether the account at slot `account` can have a limit.
    pub(super) fn check_set(&self, account: u32) -> Result<(), Refused> {
        if self.find(account).is_none() && self.count >= self.most {
            return Err(Refused::whole(Refusal::CapacityReached, self.most.into()));
        }
        Ok(())
    }

    /// Sets a limit: a lower one at once, a higher one after the delay. What was still to be raised is forgotten.
    pub(super) fn set(&mut self, account: u32, of: LimitOf, window: LimitWindow, limit: i64, now: u64) {
        let at = self.find(account).unwrap_or_else(|| self.add(account));
        let acts_at = now.saturating_add(self.raise_delay);
        self.rows.update(at, |row| {
            let cell = &mut row.limits[of as usize - 1][window as usize - 1];
            let holds = cell.at(now);
            *cell = if limit <= holds {
                Limit { now: limit, raised: 0, raised_at: 0 }
            } else {
                Limit { now: holds, raised: limit, raised_at: acts_at }
            };
        });
    }

    /// Whether `amount` more passes no limit on `of`.
    pub(super) fn check(&self, account: u32, of: LimitOf, amount: i64, now: u64) -> Result<(), Refused> {
        let room = self.room(account, of, now);
        let reason = match of {
            LimitOf::Deposits => Refusal::DepositLimitReached,
            LimitOf::Stakes => Refusal::StakeLimitOfAccount,
            LimitOf::NetLoss => Refusal::LossLimitReached,
        };
        if amount > room { Err(Refused::whole(reason, room)) } else { Ok(()) }
    }

    /// Counts what an account deposits.
    pub(super) fn deposited(&mut self, account: u32, amount: i64, now: u64) {
        self.tally(account, [amount, 0, 0], now);
    }

    /// Counts what an account stakes.
    pub(super) fn staked(&mut self, account: u32, amount: i64, now: u64) {
        self.tally(account, [0, amount, amount], now);
    }

    /// Counts what an account is paid or refunded.
    pub(super) fn returned(&mut self, account: u32, amount: i64, now: u64) {
        self.tally(account, [0, 0, -amount], now);
    }

    /// What still passes every limit on `of`, at least 0.
    pub(super) fn room(&self, account: u32, of: LimitOf, now: u64) -> i64 {
        let Some(at) = self.find(account) else { return i64::MAX };
        let mut room = i64::MAX;
        for (window, limit) in self.rows.row(at).limits[of as usize - 1].iter().enumerate() {
            let limit = limit.at(now);
            if limit < NO_LIMIT {
                let left = i128::from(limit) - self.sum(at, &SPANS[window], of, now);
                room = room.min(left.clamp(0, i64::MAX.into()) as i64);
            }
        }
        room
    }

    fn sum(&self, at: u32, span: &Span, of: LimitOf, now: u64) -> i128 {
        let current = now / span.width;
        (0..span.buckets)
            .map(|place| self.buckets.row(at * BUCKETS + span.first + place))
            .filter(|bucket| current - bucket.number < u64::from(span.buckets))
            .map(|bucket| i128::from(bucket.sums[of as usize - 1]))
            .sum()
    }

    fn tally(&mut self, account: u32, change: [i64; COUNTED], now: u64) {
        let Some(at) = self.find(account) else { return };
        for span in &SPANS {
            let number = now / span.width;
            let place = (number % u64::from(span.buckets)) as u32;
            self.buckets.update(at * BUCKETS + span.first + place, |bucket| {
                if bucket.number != number {
                    *bucket = BucketRow { number, sums: [0; COUNTED] };
                }
                for (sum, change) in bucket.sums.iter_mut().zip(change) {
                    // No limit is that high: a sum at its end stays reached.
                    *sum = sum.saturating_add(change);
                }
            });
        }
    }

    fn find(&self, account: u32) -> Option<u32> {
        self.index.find(self.key.owner(account.into()), |at| self.rows.row(at).account == account)
    }

    fn add(&mut self, account: u32) -> u32 {
        let at = self.count;
        self.count += 1;
        if at.is_multiple_of(LIMIT_ROWS as u32) {
            self.rows.add_page();
        }
        while self.buckets.pages() * (BUCKET_ROWS as u32) < self.count * BUCKETS {
            self.buckets.add_page();
        }
        let none = Limit { now: NO_LIMIT, raised: 0, raised_at: 0 };
        let limits = [[none; SPANS.len()]; COUNTED];
        self.rows.fill(at, LimitRow { account, limits, ..LimitRow::new_zeroed() });
        self.index.insert(self.key.owner(account.into()), at);
        at
    }

    pub(super) fn bytes(&self) -> usize {
        self.rows.bytes() + self.buckets.bytes() + self.index.bytes()
    }

    pub(super) fn digest(&self) -> u64 {
        self.rows.digest().wrapping_add(self.buckets.digest())
    }

    pub(super) fn cut(&mut self) -> RollingCut {
        RollingCut { rows: self.rows.cut(), buckets: self.buckets.cut() }
    }
}

/// The limited accounts of a partition at the time of a cut.
pub(super) struct RollingCut {
    rows: TableCut<LimitRow, LIMIT_ROWS>,
    buckets: TableCut<BucketRow, BUCKET_ROWS>,
}

impl RollingCut {
    /// The digest, summed anew.
    pub(super) fn digest(&self) -> u64 {
        self.rows.digest().wrapping_add(self.buckets.digest())
    }
}
