//! The ledger as it stood at a tick boundary, readable from another thread while the engine goes on.

use alloc::vec::Vec;

use super::quarantine::QuarantinesCut;
use super::{Engine, GAME_ROWS, GenesisWords, PRIZE_ROWS};
use crate::agents::AgentsCut;
use crate::game::{GameRow, PrizeRow};
use crate::hash::row_hash;
use crate::partition::PartitionCut;
use crate::query::AuditView;
use crate::storage::table::TableCut;

/// The state at the end of a tick. While it lives, pages that the engine changes are copied.
pub struct Cut {
    tick: u64,
    digest: u64,
    genesis_hash: u64,
    games: Option<(TableCut<GameRow, GAME_ROWS>, TableCut<PrizeRow, PRIZE_ROWS>)>,
    agents: Option<AgentsCut>,
    quarantines: Option<QuarantinesCut>,
    partitions: Vec<PartitionCut>,
}

impl Engine {
    /// Takes a cut, in the time of copying the page tables.
    pub fn cut(&mut self) -> Cut {
        let (tick, digest) = (self.tick, self.digest());
        let Some(begun) = &mut self.begun else {
            return Cut {
                tick,
                digest,
                genesis_hash: 0,
                games: None,
                agents: None,
                quarantines: None,
                partitions: Vec::new(),
            };
        };
        Cut {
            tick,
            digest,
            genesis_hash: row_hash(0, 0, &GenesisWords::of(&begun.genesis)),
            games: Some((begun.game_rows.cut(), begun.prize_rows.cut())),
            agents: Some(begun.agents.cut()),
            quarantines: Some(begun.quarantines.cut()),
            partitions: begun.partitions.iter_mut().map(|partition| partition.cut()).collect(),
        }
    }
}

impl Cut {
    /// The tick it shows.
    pub fn tick(&self) -> u64 {
        self.tick
    }

    /// Sums every row and compares with what the engine keeps. Sums beyond an i64 are shown as its ends.
    pub fn audit(&self, currency: u16) -> AuditView {
        let (mut accounts, mut owed, mut cash_in, mut cash_out) = (0i128, 0, 0, 0);
        let (mut house, mut tax, mut rounding, mut commission) = (0i128, 0, 0, 0);
        let (mut escrow, mut open_stake, mut open_escrow) = (0i128, 0i128, 0i128);
        let (mut held, mut held_by_holds) = (0i128, 0i128);
        for partition in &self.partitions {
            held += partition.accounts.rows().map(|row| i128::from(row.held)).sum::<i128>();
            held_by_holds += partition.accounts.held_by_holds();
            for row in partition.accounts.rows().filter(|row| row.id != 0 && row.currency == currency) {
                accounts += i128::from(row.available) + i128::from(row.held);
                owed += i128::from(row.owed);
            }
            for part in partition.parts.rows().filter(|part| part.currency == currency.into()) {
                cash_in += part.cash_in;
                cash_out += part.cash_out;
                house += part.house;
                tax += part.tax;
                rounding += part.rounding;
                commission += part.commission;
            }
            let stakes = partition.books.standing_stakes();
            for (slot, book, tally) in partition.books.books() {
                if book.currency != currency {
                    continue;
                }
                escrow += i128::from(tally.escrow);
                if !book.has_result() {
                    open_escrow += i128::from(tally.escrow);
                    open_stake += stakes.get(slot).copied().unwrap_or(0);
                }
            }
        }
        let digest_of_rows = self.digest_of_rows();
        let operator = house + tax + rounding + commission;
        let is_conserved = accounts - owed + escrow + operator == cash_in - cash_out
            && open_stake == open_escrow
            && held == held_by_holds;
        let shown = |sum: i128| sum.clamp(i64::MIN.into(), i64::MAX.into()) as i64;
        AuditView {
            digest: self.digest.into(),
            digest_of_rows: digest_of_rows.into(),
            cash_in: shown(cash_in).into(),
            cash_out: shown(cash_out).into(),
            accounts: shown(accounts).into(),
            owed: shown(owed).into(),
            escrow: shown(escrow).into(),
            house: shown(house).into(),
            tax: shown(tax).into(),
            rounding: shown(rounding).into(),
            commission: shown(commission).into(),
            open_stake: shown(open_stake).into(),
            conserved: is_conserved.into(),
            digest_agrees: (digest_of_rows == self.digest).into(),
            reserved: [0; 6],
        }
    }

    fn digest_of_rows(&self) -> u64 {
        let digest = |(games, prizes): &(TableCut<_, GAME_ROWS>, TableCut<_, PRIZE_ROWS>)| {
            games.digest().wrapping_add(prizes.digest())
        };
        let games = self.games.as_ref().map_or(0, digest);
        let agents = self.agents.as_ref().map_or(0, AgentsCut::digest);
        let partitions = self.partitions.iter().map(PartitionCut::digest);
        let quarantines = self.quarantines.as_ref().map_or(0, QuarantinesCut::digest);
        let shared = games.wrapping_add(agents).wrapping_add(quarantines);
        partitions.fold(self.genesis_hash.wrapping_add(shared), u64::wrapping_add)
    }
}
