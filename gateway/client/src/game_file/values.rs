//! Amounts, prizes and percentages as text.

use protocol::command::{PPM, PRIZE_RATIO_MAX};

use super::GameFault;

/// Most decimals of a prize: with the digits before the point its denominator fits its field.
const PRIZE_DECIMALS_MAX: usize = 6;
/// Decimals of a percentage: a millionth is its last.
const PERCENT_DECIMALS: usize = 4;

/// Minor units of `10.00`.
pub(super) fn amount(text: &str, decimals: u8) -> Result<i64, GameFault> {
    fixed(text, usize::from(decimals))
        .ok_or_else(|| GameFault::AmountWrong { found: text.to_owned(), decimals })
}

/// An amount as files write it.
pub fn amount_text(minor: i64, decimals: u8) -> String {
    let scale = 10_u64.pow(decimals.into());
    let (sign, minor) = (if minor < 0 { "-" } else { "" }, minor.unsigned_abs());
    if decimals == 0 {
        return format!("{sign}{minor}");
    }
    format!("{sign}{}.{:0width$}", minor / scale, minor % scale, width = decimals.into())
}

/// Parts per million of `20` per cent.
pub(super) fn percent(text: &str) -> Result<u32, GameFault> {
    let wrong = || GameFault::PercentWrong { found: text.to_owned() };
    let ppm = fixed(text, PERCENT_DECIMALS).ok_or_else(wrong)?;
    match u32::try_from(ppm) {
        Ok(ppm) if ppm <= PPM => Ok(ppm),
        _ => Err(GameFault::TaxAboveWhole { found: text.to_owned() }),
    }
}

/// Numerator and denominator of `75`, `8.5` or `335/6`.
pub(super) fn ratio(text: &str) -> Result<(u64, u32), GameFault> {
    let wrong = || GameFault::PrizeWrong { found: text.to_owned() };
    let (numerator, denominator) = match text.split_once('/') {
        Some((numerator, denominator)) => {
            (whole(numerator).ok_or_else(wrong)?, whole(denominator).ok_or_else(wrong)?)
        }
        None => {
            let decimals = text.split_once('.').map_or(0, |(_, decimals)| decimals.len());
            if decimals > PRIZE_DECIMALS_MAX {
                return Err(wrong());
            }
            (fixed(text, decimals).ok_or_else(wrong)? as u64, 10_u64.pow(decimals as u32))
        }
    };
    let denominator =
        u32::try_from(denominator).ok().filter(|&denominator| denominator > 0).ok_or_else(wrong)?;
    // Below 2^52, so that it cannot wrap.
    if numerator == 0 || numerator > u64::from(denominator) * PRIZE_RATIO_MAX {
        return Err(GameFault::PrizeOutside { found: text.to_owned(), most: PRIZE_RATIO_MAX });
    }
    Ok((numerator, denominator))
}

/// A whole number of digits alone.
pub(super) fn whole(text: &str) -> Option<u64> {
    let is_digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if is_digits { text.parse().ok() } else { None }
}

/// A number with up to so many decimals, times ten to the power of them.
fn fixed(text: &str, decimals: usize) -> Option<i64> {
    let (units, rest) = match text.split_once('.') {
        Some((units, rest)) => (units, Some(rest)),
        None => (text, None),
    };
    let rest_value = match rest {
        Some(rest) if rest.len() <= decimals => {
            whole(rest)?.checked_mul(10_u64.pow((decimals - rest.len()) as u32))?
        }
        Some(_) => return None,
        None => 0,
    };
    let value = whole(units)?.checked_mul(10_u64.pow(decimals as u32))?.checked_add(rest_value)?;
    i64::try_from(value).ok()
}
