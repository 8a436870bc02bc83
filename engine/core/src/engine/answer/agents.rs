//! Reads about agents: what was posted to them of a draw, and their periods of commission.

use alloc::vec::Vec;

use super::put;
use crate::engine::Begun;
use crate::query::*;
use crate::refusal::{Malformed, Refusal};

impl Begun {
    pub(super) fn commissions_page(
        &self,
        query: &Query,
        out: &mut Vec<u8>,
    ) -> Result<(usize, Option<u128>), u16> {
        let (home, slot) = self.find_book(query.book()).map_err(|refusal| refusal as u16)?;
        let outside = Malformed::FieldOutside as u16;
        let after = u32::try_from(query.id.get()).map_err(|_| outside)?;
        let lines = self.partitions[home].books.commissions.lines(slot, after).ok_or(outside)?;
        let (mut count, mut last) = (0, 0);
        for (at, line) in lines {
            if count == PAGE_ROWS_MAX {
                return Ok((count, Some(last)));
            }
            let line = CommissionLine {
                agent: line.agent.into(),
                account: line.account.into(),
                stake: line.stake.into(),
                amount: line.amount.into(),
                ppm: line.ppm.into(),
                reversed: line.reversed as u8,
                reserved: [0; 3],
            };
            put(out, &line);
            (count, last) = (count + 1, u128::from(at) + 1);
        }
        Ok((count, None))
    }

    pub(super) fn periods_page(
        &self,
        query: &Query,
        out: &mut Vec<u8>,
    ) -> Result<(usize, Option<u128>), u16> {
        let account = query.owner.get();
        self.find_account(account).ok_or(Refusal::AccountUnknown as u16)?;
        let periods = self.agents.periods.of(account);
        for period in periods {
            let line = PeriodLine {
                from: period.from.into(),
                until: period.until.into(),
                ppm: period.ppm.into(),
                reserved: 0.into(),
            };
            put(out, &line);
        }
        Ok((periods.len(), None))
    }
}
