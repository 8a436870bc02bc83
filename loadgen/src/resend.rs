//! Settling what stayed unanswered: every such ticket is sent again with the id it has.
//!
//! The node either has it, and answers what became of it then, or carries it out now. Either way the answer enters
//! the record, and no ticket stands twice.

use client::{Connection, OwnedReply};
use protocol::command::{Bet, Commands, Lane, TICKET_BETS_MAX};

use crate::record::{Record, Strand, Told, UNANSWERED};
use crate::trouble::Trouble;

/// Tickets in a frame.
const BATCH: usize = 512;

/// What sending again came to, in tickets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Resent {
    /// Sent again.
    pub tickets: u64,
    /// Of these, the node had already decided.
    pub repeated: u64,
}

/// Sends every unanswered ticket of the record again and notes the answers.
///
/// # Errors
/// If the connection is lost again; what was answered until then is noted.
pub async fn resend(connection: &mut Connection, record: &mut Record) -> Result<Resent, Trouble> {
    let Record { accounts, draws, strands } = record;
    let welcome = connection.welcome();
    let batch =
        BATCH.min(welcome.credit_commands.get() as usize).min(welcome.frame_commands_max.get() as usize);
    let mut resent = Resent::default();
    for strand in strands {
        let open: Vec<usize> =
            (0..strand.sent.len()).filter(|&place| strand.ticket(place).outcome.code == UNANSWERED).collect();
        for places in open.chunks(batch.max(1)) {
            let mut commands = Commands::new();
            for &place in places {
                let ticket = strand.ticket(place);
                let mut bets = [Bet::new(draws[strand.draw].book, 0, 0, 0); TICKET_BETS_MAX];
                for (bet, wager) in bets.iter_mut().zip(ticket.wagers) {
                    (bet.stake, bet.number, bet.play) =
                        (i64::from(wager.stake).into(), wager.number.into(), wager.play);
                }
                let bets = &bets[..ticket.wagers.len()];
                commands.ticket_place(ticket.id, accounts.id(ticket.account), bets);
            }
            let replies = connection.call(Lane::Bets, &commands).await?;
            resent.tickets += replies.len() as u64;
            resent.repeated += replies.iter().filter(|reply| reply.is_repeated()).count() as u64;
            note(strand, places, &replies)?;
        }
    }
    Ok(resent)
}

fn note(strand: &mut Strand, places: &[usize], replies: &[OwnedReply]) -> Result<(), Trouble> {
    let sent = strand.sent.len();
    for (&place, reply) in places.iter().zip(replies) {
        let values = reply.values.iter().copied();
        strand.heard.hear(
            place,
            sent,
            Told { code: reply.code, bet: reply.bet, tick: reply.tick, values },
        )?;
    }
    Ok(())
}
