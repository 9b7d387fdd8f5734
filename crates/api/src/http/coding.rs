//! Content codings: which one a client wants, and answers in it.
//!
//! Only what is kept is compressed, because it is done once for all who ask. What is made for one client alone goes out as
//! it is: to compress it would often take longer than to send it, and where lines are slow a proxy stands before the
//! server.

use std::io::{self, Write};

use brotli::enc::BrotliEncoderParams;
use flate2::{Compression, write::GzEncoder};
use http::{HeaderMap, HeaderValue, header::ACCEPT_ENCODING};

use super::accept::thousandths;

/// Answers shorter than this fit into one packet with their header and are sent as they are.
const BYTES_MIN: usize = 1_024;

/// How hard it is tried, of 0 to 9 and of 0 to 11. More takes several times as long for a few per cent.
const GZIP_LEVEL: u32 = 6;
const BROTLI_QUALITY: i32 = 5;

/// The smallest and largest window of Brotli, as powers of two. One larger than the answer only takes memory.
const BROTLI_WINDOW: (u32, u32) = (10, 22);

/// A way to write an answer shorter (RFC 9110 §8.4.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Coding {
    /// RFC 7932.
    Brotli,
    /// RFC 1952.
    Gzip,
}

impl Coding {
    /// Its name in a header.
    pub(super) fn name(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::Brotli => "br",
            Self::Gzip => "gzip",
        })
    }

    /// Chooses by the `Accept-Encoding` fields (RFC 9110 §12.5.3): the highest weight wins, then what is shorter. `None`: as
    /// it is, which is also what is sent when nothing at all would be accepted.
    pub(super) fn choose(headers: &HeaderMap) -> Option<Self> {
        let (mut brotli, mut gzip, mut identity, mut others) = (None, None, None, None);
        let fields = headers.get_all(ACCEPT_ENCODING).iter();
        for wish in fields.filter_map(|field| field.to_str().ok()).flat_map(|field| field.split(',')) {
            let (name, weight) = wish.split_once(';').unwrap_or((wish, ""));
            let name = name.trim();
            let is = |other: &str| name.eq_ignore_ascii_case(other);
            let of = match () {
                () if is("br") => &mut brotli,
                () if is("gzip") || is("x-gzip") => &mut gzip,
                () if is("identity") => &mut identity,
                () if is("*") => &mut others,
                () => continue,
            };
            *of = Some(weight_in(weight));
        }
        let weight = |named: Option<u16>| named.or(others).unwrap_or_default();
        let (brotli, gzip) = (weight(brotli), weight(gzip));
        let (best, coding) = if brotli >= gzip { (brotli, Self::Brotli) } else { (gzip, Self::Gzip) };
        (best > 0 && best >= identity.unwrap_or_default()).then_some(coding)
    }

    /// The bytes in this coding, when that is shorter.
    pub(super) fn shorten(self, bytes: &[u8]) -> Option<Vec<u8>> {
        let coded = match self {
            Self::Brotli => brotli(bytes),
            Self::Gzip => gzip(bytes),
        };
        coded.ok().filter(|coded| coded.len() < bytes.len())
    }
}

/// Whether an answer is long enough to be sent in a coding.
pub(super) fn is_worth_it(bytes: &[u8]) -> bool {
    bytes.len() >= BYTES_MIN
}

/// The weight in thousandths; what cannot be read is not wanted.
fn weight_in(parameter: &str) -> u16 {
    let parameter = parameter.trim();
    match parameter.split_once('=') {
        None if parameter.is_empty() => 1_000,
        Some((name, value)) if name.trim().eq_ignore_ascii_case("q") => thousandths(value.trim()).unwrap_or_default(),
        _ => 0,
    }
}

fn gzip(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(bytes.len() / 2), Compression::new(GZIP_LEVEL));
    encoder.write_all(bytes)?;
    encoder.finish()
}

fn brotli(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let (smallest, largest) = BROTLI_WINDOW;
    let window = (usize::BITS - bytes.len().leading_zeros()).clamp(smallest, largest);
    let parameters = BrotliEncoderParams {
        quality: BROTLI_QUALITY,
        lgwin: i32::try_from(window).unwrap_or(i32::MAX),
        size_hint: bytes.len(),
        ..BrotliEncoderParams::default()
    };
    let mut coded = Vec::with_capacity(bytes.len() / 2);
    brotli::BrotliCompress(&mut &*bytes, &mut coded, &parameters)?;
    Ok(coded)
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use sha2::{Digest, Sha256};

    use super::*;

    fn chosen(fields: &[&'static str]) -> Option<Coding> {
        let mut headers = HeaderMap::new();
        for field in fields {
            headers.append(ACCEPT_ENCODING, HeaderValue::from_static(field));
        }
        Coding::choose(&headers)
    }

    #[test]
    fn the_highest_weight_wins_and_then_what_is_shorter() {
        use Coding::{Brotli, Gzip};
        let cases: &[(&[&str], Option<Coding>)] = &[
            (&[], None),
            (&[""], None),
            (&["gzip, deflate, br, zstd"], Some(Brotli)),
            (&["gzip"], Some(Gzip)),
            (&["X-GZIP"], Some(Gzip)),
            (&["br;q=0.5, gzip;q=0.8"], Some(Gzip)),
            (&["br; Q=0.5", "gzip;q=0.5"], Some(Brotli)),
            (&["*"], Some(Brotli)),
            (&["*;q=0.5, br;q=0"], Some(Gzip)),
            (&["gzip;q=0, br;q=0.000"], None),
            (&["identity, gzip;q=0.5"], None),
            (&["identity;q=0.5, gzip;q=1.0"], Some(Gzip)),
            (&["identity;q=0"], None),
            (&["deflate, zstd"], None),
            (&["gzip;q=2"], None),
            (&["gzip;q=x, br;level=1"], None),
        ];
        for (fields, coding) in cases {
            assert_eq!(chosen(fields), *coding, "{fields:?}");
        }
    }

    #[test]
    fn what_is_coded_is_read_back() {
        let words = ["port", "marché", "école", "pluie"];
        let text: String = (0..4_000).map(|at| format!("{{\"{at}\":\"{}\"}}", words[at * at % 4])).collect();
        let gzip = Coding::Gzip.shorten(text.as_bytes()).unwrap();
        let mut read = String::new();
        flate2::read::GzDecoder::new(&*gzip).read_to_string(&mut read).unwrap();
        assert_eq!(read, text);
        let brotli = Coding::Brotli.shorten(text.as_bytes()).unwrap();
        read.clear();
        brotli::Decompressor::new(&*brotli, 4_096).read_to_string(&mut read).unwrap();
        assert_eq!(read, text);
        assert!(brotli.len() < gzip.len() && gzip.len() < text.len() / 4, "{} {}", brotli.len(), gzip.len());
    }

    #[test]
    fn what_does_not_become_shorter_is_left_as_it_is() {
        let noise: Vec<u8> = (0..2_000_u32).flat_map(|at| Sha256::digest(at.to_be_bytes())).collect();
        assert_eq!(Coding::Gzip.shorten(&noise), None);
        assert_eq!(Coding::Brotli.shorten(&noise), None);
    }
}
