//! x
use super::*;
use std::path::Path;
/// How frames are to be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Preference {
    /// io_uring where it works, else `pwritev2`.
    #[default]
    Best,
    /// io_uring or nothing.
    Uring,
    /// `pwritev2`.
    Blocking,
}
pub struct FileDisk {}
impl FileDisk {
    pub fn open(dir: &Path, preference: Preference) -> io::Result<FileDisk> {
        todo!()
    }
}
pub struct R;
impl Reader for R {
    fn bytes(&mut self, segment: u64) -> io::Result<u64> {
        todo!()
    }
    fn read(&mut self, segment: u64, offset: u64, into: &mut Pages) -> io::Result<()> {
        todo!()
    }
}
impl Disk for FileDisk {
    type Reader = R;
    fn name(&self) -> &'static str {
        todo!()
    }
    fn why(&self) -> &str {
        todo!()
    }
    fn block_bytes(&self) -> usize {
        todo!()
    }
    fn allocate(&mut self, count: usize, bytes: usize) -> io::Result<()> {
        todo!()
    }
    fn buffer(&self, index: usize) -> &[u8] {
        todo!()
    }
    fn buffer_mut(&mut self, index: usize) -> &mut [u8] {
        todo!()
    }
    fn write(&mut self, write: Write) {
        todo!()
    }
    fn reap(&mut self, each: &mut dyn FnMut(Completion)) {
        todo!()
    }
    fn wait(&mut self, timeout: Option<Duration>) -> io::Result<()> {
        todo!()
    }
    fn waker(&self) -> Waker {
        todo!()
    }
    fn segments(&mut self) -> io::Result<Vec<u64>> {
        todo!()
    }
    fn file(&self, segment: u64) -> String {
        todo!()
    }
    fn reader(&self) -> Self::Reader {
        todo!()
    }
    fn sync(&mut self, segment: u64) -> io::Result<()> {
        todo!()
    }
    fn keep_aside(&mut self, name: &str, bytes: &[u8]) -> io::Result<String> {
        todo!()
    }
    fn zero(&mut self, segment: u64, from: u64, to: u64) -> io::Result<()> {
        todo!()
    }
    fn remove(&mut self, segment: u64) -> io::Result<()> {
        todo!()
    }
    fn prepare(&mut self, header: &SegmentHeader) {
        todo!()
    }
    fn prepare_reserve(&mut self, segment_bytes: u64) {
        todo!()
    }
    fn preparation(&self) -> Preparation {
        todo!()
    }
    fn wait_prepared(&mut self) {
        todo!()
    }
    fn spend_reserve(&mut self, header: &SegmentHeader) -> io::Result<()> {
        todo!()
    }
}
