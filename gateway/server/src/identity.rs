//! What a node is known by: a certificate that clients pin, and the bootstrap operator's token. Both are made at the
//! first start, in the data directory, for the owner's eyes only.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use client::transport::crypto_provider;
use protocol::handshake::TOKEN_BYTES_MAX;
use rcgen::{CertificateParams, DistinguishedName, DnType, KeyPair};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use thiserror::Error;

/// The certificate (DER): public, clients pin it.
pub const CERTIFICATE_FILE: &str = "certificate.der";
/// Its private key (PKCS #8, DER).
pub const KEY_FILE: &str = "certificate.key";
/// The operator's token: 64 hexadecimal digits, no line end.
pub const TOKEN_FILE: &str = "operator.token";
/// Names and addresses that the development certificate holds for.
const NAMES: [&str; 3] = ["localhost", "127.0.0.1", "::1"];
/// Bits of a token, in bytes.
const TOKEN_RANDOM_BYTES: usize = 32;

/// Certificate, key and token.
pub struct Identity {
    /// Clients pin it.
    pub certificate: CertificateDer<'static>,
    /// Its private key.
    pub key: PrivateKeyDer<'static>,
    /// The operator's token.
    pub token: String,
}

/// Why a node has no identity.
#[derive(Debug, Error)]
pub enum IdentityError {
    /// A file cannot be read or made.
    #[error("{} cannot be read or made", file.display())]
    File {
        /// Which.
        file: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// Others may read a secret.
    #[error("{} can be read by others (mode {mode:o}); right would be 600", file.display())]
    TooOpen {
        /// Which.
        file: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// The certificate is there, its key is not.
    #[error("{} has no key beside it; restore {KEY_FILE}, or remove it and let clients pin a new one", file.display())]
    KeyMissing {
        /// The certificate.
        file: PathBuf,
    },
    /// The token cannot be one.
    #[error("{} holds {bytes} bytes; right would be 1 to {TOKEN_BYTES_MAX}", file.display())]
    TokenLength {
        /// Which.
        file: PathBuf,
        /// Bytes in it.
        bytes: usize,
    },
    /// No certificate could be made.
    #[error("no certificate could be made")]
    Certificate(#[from] rcgen::Error),
    /// The system gave no random bytes.
    #[error("the system gave no random bytes")]
    Random,
}

impl Identity {
    /// Reads the identity in `directory`, making what does not exist yet.
    ///
    /// # Errors
    /// If a secret is readable by others, or a file cannot be read or made.
    pub fn of(directory: &Path) -> Result<Identity, IdentityError> {
        let (certificate, key) = certificate(directory)?;
        Ok(Identity { certificate, key, token: token(directory)? })
    }
}

/// Random bytes from the system.
///
/// # Errors
/// [`IdentityError::Random`].
pub fn random<const BYTES: usize>() -> Result<[u8; BYTES], IdentityError> {
    let mut bytes = [0; BYTES];
    crypto_provider().secure_random.fill(&mut bytes).map_err(|_| IdentityError::Random)?;
    Ok(bytes)
}

fn certificate(directory: &Path) -> Result<(CertificateDer<'static>, PrivateKeyDer<'static>), IdentityError> {
    let (file, key_file) = (directory.join(CERTIFICATE_FILE), directory.join(KEY_FILE));
    if file.exists() && !key_file.exists() {
        return Err(IdentityError::KeyMissing { file });
    }
    if !file.exists() {
        let mut params = CertificateParams::new(NAMES.map(String::from))?;
        params.distinguished_name = DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, "tote development certificate");
        let key = KeyPair::generate()?;
        let certificate = params.self_signed(&key)?;
        // The certificate last: where it is, its key is too.
        make(&key_file, &key.serialize_der(), 0o600)?;
        make(&file, certificate.der(), 0o644)?;
    }
    let key = PrivatePkcs8KeyDer::from(secret(&key_file)?);
    let certificate = fs::read(&file).map_err(|source| IdentityError::File { file, source })?;
    Ok((certificate.into(), key.into()))
}

fn token(directory: &Path) -> Result<String, IdentityError> {
    let file = directory.join(TOKEN_FILE);
    if !file.exists() {
        let digits: String =
            random::<TOKEN_RANDOM_BYTES>()?.iter().map(|byte| format!("{byte:02x}")).collect();
        make(&file, digits.as_bytes(), 0o600)?;
    }
    let bytes = secret(&file)?;
    let text = String::from_utf8_lossy(&bytes).trim().to_owned();
    if !(1..=TOKEN_BYTES_MAX).contains(&text.len()) {
        return Err(IdentityError::TokenLength { file, bytes: text.len() });
    }
    Ok(text)
}

/// Reads a file that nobody else may read.
fn secret(file: &Path) -> Result<Vec<u8>, IdentityError> {
    let trouble = |source| IdentityError::File { file: file.to_owned(), source };
    let mode = fs::metadata(file).map_err(trouble)?.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(IdentityError::TooOpen { file: file.to_owned(), mode });
    }
    fs::read(file).map_err(trouble)
}

/// Makes a file whole or not at all: written beside, synced, renamed.
fn make(file: &Path, bytes: &[u8], mode: u32) -> Result<(), IdentityError> {
    let beside = file.with_extension("new");
    let written = || -> io::Result<()> {
        let mut options = OpenOptions::new();
        // One left by a start that was cut short may have another mode.
        let _ = fs::remove_file(&beside);
        let mut new = options.write(true).create_new(true).mode(mode).open(&beside)?;
        new.write_all(bytes)?;
        new.sync_all()?;
        fs::rename(&beside, file)?;
        File::open(file.parent().unwrap_or(Path::new(".")))?.sync_all()
    };
    written().map_err(|source| IdentityError::File { file: file.to_owned(), source })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identity_is_made_once_and_kept() {
        let directory = tempfile::tempdir().expect("a directory");
        let made = Identity::of(directory.path()).expect("made");
        let kept = Identity::of(directory.path()).expect("kept");
        assert_eq!((made.certificate, made.key, &made.token), (kept.certificate, kept.key, &kept.token));
        assert_eq!(made.token.len(), 64);
        let modes = [CERTIFICATE_FILE, KEY_FILE, TOKEN_FILE].map(|name| {
            fs::metadata(directory.path().join(name)).expect("there").permissions().mode() & 0o777
        });
        assert_eq!(modes, [0o644, 0o600, 0o600]);
        assert_eq!(fs::read_dir(directory.path()).expect("readable").count(), 3);
    }

    #[test]
    fn a_secret_that_others_can_read_is_none() {
        let directory = tempfile::tempdir().expect("a directory");
        Identity::of(directory.path()).expect("made");
        let file = directory.path().join(TOKEN_FILE);
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).expect("ours");
        assert!(matches!(Identity::of(directory.path()), Err(IdentityError::TooOpen { mode: 0o640, .. })));
        fs::remove_file(directory.path().join(KEY_FILE)).expect("ours");
        assert!(matches!(Identity::of(directory.path()), Err(IdentityError::KeyMissing { .. })));
    }
}
