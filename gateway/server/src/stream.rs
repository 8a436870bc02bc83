//! The way in: frames are found, checked in place, and handed to the core as one batch each.

use std::sync::Arc;
use std::time::Duration;

use bytes::BytesMut;
use host::{Batch, Full, Ingress, Outlet, Reads};
use protocol::command::Lane;
use protocol::frame::{FrameFault, FrameHeader, FramingFault, Kind};
use protocol::query::Query;
use protocol::splitter::{Frame, Splitter};
use quinn::RecvStream;
use tokio::sync::watch;
use zerocopy::FromBytes;

use crate::check::{Checked, Run, Stamp};
use crate::credit::{Credit, Gone};
use crate::metrics::Counts;
use crate::outlet::{End, StreamOutlet};

/// How long a connection waits before it tries a full queue again. Its client waits with it.
const QUEUE_RETRY: Duration = Duration::from_millis(1);

/// One stream of a greeted connection, the client's side of it.
pub struct Stream {
    /// What the client sends.
    pub receive: RecvStream,
    /// What of it was read already.
    pub splitter: Splitter,
    /// The way to the core.
    pub ingress: Ingress,
    /// The way back.
    pub outlet: Arc<StreamOutlet>,
    /// What the connection may have unanswered.
    pub credit: Credit,
    /// What every command is stamped with.
    pub stamp: Stamp,
    /// Turns true when the node stops.
    pub stopping: watch::Receiver<bool>,
    /// What the edge counts.
    pub counts: Arc<Counts>,
}

/// Why reading ends early.
enum Ended {
    Broken(FramingFault),
    Gone,
}

/// A frame that was not carried out, or a client that is gone.
enum Lost {
    Fault(FrameFault),
    Gone,
}

impl Stream {
    /// Reads frames until the client ends the stream or breaks it, or the node stops.
    pub async fn run(mut self) {
        let end = match self.read().await {
            Ok(end) => end,
            Err(Ended::Gone) => End::Finished,
            Err(Ended::Broken(fault)) => {
                End::Broken { code: fault.code(), right: fault.right(), text: fault.to_string() }
            }
        };
        self.outlet.end(end);
    }

    async fn read(&mut self) -> Result<End, Ended> {
        let mut checked = Checked::default();
        loop {
            while let Some(frame) = self.splitter.next_frame()? {
                self.frame(&mut checked, frame).await?;
                if *self.stopping.borrow() {
                    return Ok(End::ShuttingDown);
                }
            }
            let chunk = tokio::select! {
                biased;
                _ = self.stopping.wait_for(|stopping| *stopping) => return Ok(End::ShuttingDown),
                chunk = self.receive.read_chunk(usize::MAX, true) => chunk,
            };
            match chunk {
                Ok(Some(chunk)) => self.splitter.push(&chunk.bytes),
                Ok(None) => {
                    self.splitter.finish()?;
                    return Ok(End::Finished);
                }
                Err(_) => return Err(Ended::Gone),
            }
        }
    }

    async fn frame(&mut self, checked: &mut Checked, Frame { header, body }: Frame) -> Result<(), Gone> {
        let carried = match header.check_request() {
            Ok(Kind::Ping) => {
                self.credit.take(0).await?;
                self.outlet.pong(header.correlation.get());
                Ok(())
            }
            Ok(Kind::Bets) => self.commands(checked, &header, body, Lane::Bets).await,
            Ok(Kind::Operators) => self.commands(checked, &header, body, Lane::Operators).await,
            Ok(Kind::Reads) => self.reads(&header, &body).await,
            Ok(_) => Err(Lost::Fault(FrameFault::HelloRepeated)),
            Err(fault) => Err(Lost::Fault(fault)),
        };
        self.counts.frames.add(1);
        match carried {
            Ok(()) => Ok(()),
            Err(Lost::Gone) => Err(Gone),
            Err(Lost::Fault(fault)) => {
                self.counts.frames_rejected.add(1);
                // Even a word of refusal takes its place among what waits to be sent.
                self.credit.take(0).await?;
                self.outlet.reject(&header, fault.code(), fault.right(), &fault.to_string());
                Ok(())
            }
        }
    }

    async fn commands(
        &mut self,
        checked: &mut Checked,
        header: &FrameHeader,
        mut body: BytesMut,
        lane: Lane,
    ) -> Result<(), Lost> {
        checked.check(&mut body, header.count.get(), lane, self.stamp)?;
        self.credit.take(header.count.get()).await?;
        let correlation = self.outlet.open(header);
        for Run { first, count, bytes } in &checked.faults {
            self.outlet.replies(correlation, *first, *count, &checked.fault_replies[bytes.clone()]);
            self.counts.commands_malformed.add((*count).into());
        }
        if !checked.faults.is_empty() {
            self.outlet.flush();
        }
        for Run { first, count, bytes } in &checked.runs {
            let mut batch = Batch {
                outlet: Arc::clone(&self.outlet) as Arc<dyn Outlet>,
                correlation,
                first: *first,
                count: *count,
                commands: body[bytes.clone()].to_vec(),
            };
            while let Err(Full(back)) = match lane {
                Lane::Bets => self.ingress.bets(batch),
                Lane::Operators => self.ingress.operators(batch),
            } {
                batch = back;
                self.counts.queue_waits.add(1);
                tokio::time::sleep(QUEUE_RETRY).await;
            }
        }
        Ok(())
    }

    async fn reads(&mut self, header: &FrameHeader, body: &[u8]) -> Result<(), Lost> {
        let queries = <[Query]>::ref_from_bytes(body).expect("the frame's length fits its count").to_vec();
        self.credit.take(header.count.get()).await?;
        let correlation = self.outlet.open(header);
        let outlet = Arc::clone(&self.outlet) as Arc<dyn Outlet>;
        let mut reads = Reads { outlet, correlation, first: 0, queries };
        while let Err(Full(back)) = self.ingress.reads(reads) {
            reads = back;
            self.counts.queue_waits.add(1);
            tokio::time::sleep(QUEUE_RETRY).await;
        }
        Ok(())
    }
}

impl From<FramingFault> for Ended {
    fn from(fault: FramingFault) -> Ended {
        Ended::Broken(fault)
    }
}

impl From<Gone> for Ended {
    fn from(_: Gone) -> Ended {
        Ended::Gone
    }
}

impl From<FrameFault> for Lost {
    fn from(fault: FrameFault) -> Lost {
        Lost::Fault(fault)
    }
}

impl From<Gone> for Lost {
    fn from(_: Gone) -> Lost {
        Lost::Gone
    }
}
