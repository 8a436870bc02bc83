//! Setting up what a load needs, and ending it: a game, a draw with limits that will be met, accounts with money.

use std::time::Duration;

use client::{Connection, OwnedReply};
use protocol::command::{Commands, DrawCreate, GAME_GROUPS_MAX, Lane, LimitScope, LimitSet, NO_LIMIT};
use protocol::query::SealState;

use crate::game::{self, CURRENCY, RAMBOLITO, STRAIGHT};
use crate::id::{IdSequence, unix_ms_now};
use crate::reads;
use crate::record::{Accounts, Draw, Limit};
use crate::traffic;
use crate::trouble::Trouble;

/// Commands in a frame.
const BATCH: usize = 1024;
/// A draw takes bets for so long, if nobody closes it before.
const OPEN_FOR: Duration = Duration::from_secs(24 * 3600);
/// A seal that is under way is asked for this often.
const SEAL_POLL: Duration = Duration::from_millis(2);

/// Defines the load's game under this id.
///
/// # Errors
/// If the node refuses, or the connection is lost; as everywhere here.
pub async fn define_game(
    connection: &mut Connection,
    ids: &mut IdSequence,
    game: u64,
) -> Result<(), Trouble> {
    let (define, plays) = game::define();
    let mut commands = Commands::new();
    commands.game_define(ids.next_id(), game, &define, &plays);
    call(connection, Lane::Operators, &commands, "define the game").await
}

/// Creates a draw of the game, sets its limits and opens it.
pub async fn open_draw(
    connection: &mut Connection,
    ids: &mut IdSequence,
    game: u64,
    book: u32,
    limits: Vec<Limit>,
) -> Result<Draw, Trouble> {
    let closes_at = (unix_ms_now() + OPEN_FOR.as_millis() as u64) * 1_000_000;
    let mut stake_limit = [0; GAME_GROUPS_MAX];
    stake_limit[0] = NO_LIMIT;
    let create = DrawCreate {
        game: game.into(),
        opens_at: 0.into(),
        closes_at: closes_at.into(),
        settles_at: closes_at.into(),
        version: 1.into(),
        currency: CURRENCY.into(),
        cancellable: 0,
        confirmed: 0,
        reserved: [0; 2],
        payout_limit: NO_LIMIT.into(),
        draw_stake_limit: NO_LIMIT.into(),
        draw_payout_limit: NO_LIMIT.into(),
        stake_limit: stake_limit.map(Into::into),
    };
    let mut commands = Commands::new();
    commands.draw_create(ids.next_id(), book, &create);
    for limit in &limits {
        let scope = if limit.play.is_some() { LimitScope::StakeOverride } else { LimitScope::PayoutOverride };
        let set = LimitSet {
            scope: scope as u8,
            play: limit.play.unwrap_or(0),
            number: limit.number.into(),
            reserved: 0.into(),
            limit: limit.limit.into(),
        };
        commands.limit_set(ids.next_id(), book, &set);
    }
    commands.draw_open(ids.next_id(), book);
    call(connection, Lane::Operators, &commands, "open the draw").await?;
    Ok(Draw { book, limits, result: None })
}

/// Opens `count` accounts with consecutive ids from `first` on and deposits `deposit` minor units into each.
pub async fn open_accounts(
    connection: &mut Connection,
    ids: &mut IdSequence,
    first: u64,
    count: u32,
    deposit: i64,
) -> Result<Accounts, Trouble> {
    let accounts = Accounts { first, deposits: vec![deposit; count as usize] };
    let mut commands = Commands::with_capacity(BATCH * 64);
    for place in 0..count {
        commands.account_open(ids.next_id(), accounts.id(place), CURRENCY);
        commands.deposit(ids.next_id(), accounts.id(place), deposit);
        if commands.count() + 2 > BATCH || place + 1 == count {
            call(connection, Lane::Bets, &commands, "open accounts and deposit").await?;
            commands.clear();
        }
    }
    Ok(accounts)
}

/// Closes a draw, waits for its seal and gives its result, which quotes it; its winners are paid from then on.
pub async fn settle(
    connection: &mut Connection,
    ids: &mut IdSequence,
    book: u32,
    result: u16,
) -> Result<(), Trouble> {
    let mut commands = Commands::new();
    commands.draw_close(ids.next_id(), book);
    call(connection, Lane::Operators, &commands, "close the draw").await?;
    let seal = loop {
        let view = reads::draw(connection, book).await?;
        if view.seal_state == SealState::Sealed as u8 {
            break view.seal;
        }
        tokio::time::sleep(SEAL_POLL).await;
    };
    commands.clear();
    commands.draw_settle(ids.next_id(), book, seal, &[result]);
    call(connection, Lane::Operators, &commands, "settle the draw").await
}

/// Limits on some numbers, each at half of what so many bets would bring to it: every kind of limit will be met, and
/// some three bets in a hundred are refused.
pub fn limits_to_be_met(bets: u64, rambolito_share: f64) -> Vec<Limit> {
    let stake = |play, number| {
        let of_play = if play == RAMBOLITO { rambolito_share } else { 1.0 - rambolito_share };
        bets as f64 * of_play * traffic::share(play, number) * traffic::stake_mean()
    };
    let half = |amount: f64| (amount / 2.0) as i64 + game::PESO;
    let triples = (0..10).map(|digit| {
        let number = digit * 111;
        Limit { play: Some(STRAIGHT), number, limit: half(stake(STRAIGHT, number)) }
    });
    let classes = [112, 123, 168].map(|number| Limit {
        play: Some(RAMBOLITO),
        number,
        limit: half(stake(RAMBOLITO, number)),
    });
    let number = 911;
    let pays = |play| stake(play, number) * game::payout(play, number, 1) as f64;
    let payout = Limit { play: None, number, limit: half(pays(STRAIGHT) + pays(RAMBOLITO)) };
    triples.chain(classes).chain([payout]).collect()
}

async fn call(
    connection: &mut Connection,
    lane: Lane,
    commands: &Commands,
    what: &'static str,
) -> Result<(), Trouble> {
    let replies = connection.call(lane, commands).await?;
    match replies.iter().find(|reply| !reply.is_accepted()) {
        None => Ok(()),
        Some(OwnedReply { code, values, .. }) => {
            Err(Trouble::Refused { what, code: *code, acceptable: values.first().copied().unwrap_or(0) })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_limit_is_among_those_to_be_met() {
        let limits = limits_to_be_met(1_000_000, 0.25);
        let kinds: Vec<(Option<u8>, u16)> = limits.iter().map(|limit| (limit.play, limit.number)).collect();
        let mut expected: Vec<(Option<u8>, u16)> =
            (0..10).map(|digit| (Some(STRAIGHT), digit * 111)).collect();
        expected.extend([112, 123, 168].map(|class| (Some(RAMBOLITO), class)));
        expected.push((None, 911));
        assert_eq!(kinds, expected);
        assert!(limits.iter().all(|limit| limit.limit > 0 && limit.limit < NO_LIMIT), "{limits:?}");
    }
}
