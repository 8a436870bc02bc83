//! Reading: single views, and the whole of a verification in pipelined frames.

use std::cell::RefCell;

use client::{Connection, Incoming, Receiver, Sender};
use protocol::pieces;
use protocol::query::{AuditView, DrawView, LedgerView, Query, QueryKind};
use protocol::refusal::ACCEPTED;
use zerocopy::{FromBytes, Immutable, KnownLayout};

use crate::flight::{Flight, Frame};
use crate::progress::Progress;
use crate::record::Record;
use crate::trouble::Trouble;
use crate::verify::{Verdict, Verification};

/// Reads in a frame.
const BATCH: usize = 512;

/// A draw.
///
/// # Errors
/// If the node refuses, or the connection is lost; as everywhere here.
pub async fn draw(connection: &mut Connection, book: u32) -> Result<DrawView, Trouble> {
    one(connection, Query::of(QueryKind::Draw, book.into()), "show the draw").await
}

/// The sizes of the ledger.
pub async fn ledger(connection: &mut Connection) -> Result<LedgerView, Trouble> {
    one(connection, Query::of(QueryKind::Ledger, 0), "show the ledger").await
}

/// The ledger of one currency (ISO 4217 number), summed over every row.
pub async fn audit(connection: &mut Connection, currency: u16) -> Result<AuditView, Trouble> {
    one(connection, Query::of(QueryKind::Audit, currency.into()), "audit the ledger").await
}

/// Verifies the record against the ledger: every question is asked, and every answer judged.
///
/// Progress counts questions sent, and answers as accepted.
///
/// # Errors
/// Only trouble with the node or the way to it: a disagreement is in the verdict.
pub async fn verify(
    connection: Connection,
    record: &Record,
    progress: &Progress,
) -> Result<Verdict, Trouble> {
    let verification = RefCell::new(Verification::new(record));
    let flight = RefCell::new(Flight::default());
    let (mut sender, mut receiver) = connection.split();
    tokio::try_join!(
        ask(&mut sender, &verification, &flight, progress),
        judge(&mut receiver, &verification, &flight, progress)
    )?;
    sender.close();
    Ok(verification.into_inner().finish())
}

async fn ask(
    sender: &mut Sender,
    verification: &RefCell<Verification<'_>>,
    flight: &RefCell<Flight>,
    progress: &Progress,
) -> Result<(), Trouble> {
    let questions = verification.borrow().questions();
    let mut queries = Vec::with_capacity(BATCH);
    let mut first = 0;
    while first < questions {
        let to = (first + BATCH).min(questions);
        queries.clear();
        queries.extend((first..to).map(|place| verification.borrow().question(place)));
        let correlation = sender.send_reads(&queries).await?;
        flight.borrow_mut().took_off(Frame { correlation, first, count: to - first, began_ns: 0 });
        progress.sent(to - first);
        first = to;
        if first < questions {
            tokio::task::yield_now().await;
        }
    }
    flight.borrow_mut().complete();
    Ok(())
}

async fn judge(
    receiver: &mut Receiver,
    verification: &RefCell<Verification<'_>>,
    flight: &RefCell<Flight>,
    progress: &Progress,
) -> Result<(), Trouble> {
    while !flight.borrow().is_over() {
        let (correlation, first, count, bytes) = match receiver.next().await? {
            Incoming::Answers { correlation, first, count, bytes } => (correlation, first, count, bytes),
            Incoming::Rejected { code, right, text, .. } => {
                return Err(Trouble::Rejected { code, right, text });
            }
            _ => return Err(Trouble::Unexpected("something else than answers")),
        };
        let frame = flight.borrow_mut().landed(correlation, first, count)?;
        let from = frame.first + usize::from(first);
        let mut judged = 0;
        for answer in pieces::answers(&bytes).take(count.into()) {
            let answer = answer.ok_or(Trouble::Unexpected("an answer cut short"))?;
            verification.borrow_mut().judge(from + judged, &answer);
            judged += 1;
        }
        progress.answered(judged, 0);
    }
    Ok(())
}

async fn one<View: FromBytes + KnownLayout + Immutable>(
    connection: &mut Connection,
    query: Query,
    what: &'static str,
) -> Result<View, Trouble> {
    let answers = connection.read(&[query]).await?;
    let answer = answers.first().ok_or(Trouble::Unexpected("no answer"))?;
    match answer.header.code.get() {
        ACCEPTED => answer.view().ok_or(Trouble::Unexpected("another view than was asked for")),
        code => Err(Trouble::Refused { what, code, acceptable: 0 }),
    }
}
