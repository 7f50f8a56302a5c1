// Inferometer
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Compressed forms of one text, made with zlib 1.2.13.
enum DeflateSamples {
    struct Case: CustomStringConvertible, Sendable {
        let name: String
        let isGzip: Bool
        let base64: String

        var description: String { name }
        var bytes: [UInt8] { Data(base64Encoded: base64).map(Array.init) ?? [] }
    }

    static let text = (0..<8).map { _ in
        ["eins", "zwei", "drei", "vier"].map { word in
            #"data: {"id":"chatcmpl-1","choices":[{"index":0,"delta":{"content":""# + word + "\"}}]}\n\n"
        }.joined()
    }.joined()

    static let all = [
        Case(
            name: "gzip",
            isGzip: true,
            base64: "H4sIAAAAAAACA+3QMQqEQAyF4d5TyKsVdttcRSyGSWADOooGXZS5u3OG3SlThkf+4uNggdobyiDET7A4r1P/RleORaPsoKGs"
                + "ieULenVgmSyAbsQlmSQrX6JpR85jbhr+v3adovVqvNWsHSpbvZq7uZu7uZu7uZu7udtPbg/4/as8wAkAAA=="
        ),
        Case(
            name: "gzip with a name",
            isGzip: true,
            base64: "H4sICAAAAAAC/25hbWUudHh0AO3QMQqEQAyF4d5TyKsVdttcRSyGSWADOooGXZS5u3OG3SlThkf+4uNggdobyiDET7A4r1P/"
                + "RleORaPsoKGsieULenVgmSyAbsQlmSQrX6JpR85jbhr+v3adovVqvNWsHSpbvZq7uZu7uZu7uZu7udtPbg/4/as8wAkAAA=="
        ),
        Case(
            name: "gzip with extras",
            isGzip: true,
            base64: "H4sIFgAAAAAA/wMAYWJjY29tbWVudAAHQe3QMQqEQAyF4d5TyKsVdttcRSyGSWADOooGXZS5u3OG3SlThkf+4uNggdobyiDE"
                + "T7A4r1P/RleORaPsoKGsieULenVgmSyAbsQlmSQrX6JpR85jbhr+v3adovVqvNWsHSpbvZq7uZu7uZu7uZu7udtPbg/4/as8"
                + "wAkAAA=="
        ),
        Case(
            name: "zlib",
            isGzip: false,
            base64: "eJzt0DEKhEAMheHeU8irFXbbXEUshklgAzqKBl2Uubtzht0pU4ZH/uLjYIHaG8ogxE+wOK9T/0ZXjkWj7KChrInlC3p1YJks"
                + "gG7EJZkkK1+iaUfOY24a/r92naL1arzVrB0qW72au7mbu7mbu7mbu7nbT24PPxAqbg=="
        ),
        Case(
            name: "bare",
            isGzip: false,
            base64: "7dAxCoRADIXh3lPIqxV221xFLIZJYAM6igZdlLm7c4bdKVOGR/7i42CB2hvKIMRPsDivU/9GV45Fo+ygoayJ5Qt6dWCZLIBu"
                + "xCWZJCtfomlHzmNuGv6/dp2i9Wq81awdKlu9mru5m7u5m7u5m7u5209uDw=="
        ),
        Case(
            name: "stored",
            isGzip: false,
            base64: "eAEBwAk/9mRhdGE6IHsiaWQiOiJjaGF0Y21wbC0xIiwiY2hvaWNlcyI6W3siaW5kZXgiOjAsImRlbHRhIjp7ImNvbnRlbnQi"
                + "OiJlaW5zIn19XX0KCmRhdGE6IHsiaWQiOiJjaGF0Y21wbC0xIiwiY2hvaWNlcyI6W3siaW5kZXgiOjAsImRlbHRhIjp7ImNv"
                + "bnRlbnQiOiJ6d2VpIn19XX0KCmRhdGE6IHsiaWQiOiJjaGF0Y21wbC0xIiwiY2hvaWNlcyI6W3siaW5kZXgiOjAsImRlbHRh"
                + "Ijp7ImNvbnRlbnQiOiJkcmVpIn19XX0KCmRhdGE6IHsiaWQiOiJjaGF0Y21wbC0xIiwiY2hvaWNlcyI6W3siaW5kZXgiOjAs"
                + "ImRlbHRhIjp7ImNvbnRlbnQiOiJ2aWVyIn19XX0KCmRhdGE6IHsiaWQiOiJjaGF0Y21wbC0xIiwiY2hvaWNlcyI6W3siaW5k"
                + "ZXgiOjAsImRlbHRhIjp7ImNvbnRlbnQiOiJlaW5zIn19XX0KCmRhdGE6IHsiaWQiOiJjaGF0Y21wbC0xIiwiY2hvaWNlcyI6"
                + "W3siaW5kZXgiOjAsImRlbHRhIjp7ImNvbnRlbnQiOiJ6d2VpIn19XX0KCmRhdGE6IHsiaWQiOiJjaGF0Y21wbC0xIiwiY2hv"
                + "aWNlcyI6W3siaW5kZXgiOjAsImRlbHRhIjp7ImNvbnRlbnQiOiJkcmVpIn19XX0KCmRhdGE6IHsiaWQiOiJjaGF0Y21wbC0x"
                + "IiwiY2hvaWNlcyI6W3siaW5kZXgiOjAsImRlbHRhIjp7ImNvbnRlbnQiOiJ2aWVyIn19XX0KCmRhdGE6IHsiaWQiOiJjaGF0"
                + "Y21wbC0xIiwiY2hvaWNlcyI6W3siaW5kZXgiOjAsImRlbHRhIjp7ImNvbnRlbnQiOiJlaW5zIn19XX0KCmRhdGE6IHsiaWQi"
                + "OiJjaGF0Y21wbC0xIiwiY2hvaWNlcyI6W3siaW5kZXgiOjAsImRlbHRhIjp7ImNvbnRlbnQiOiJ6d2VpIn19XX0KCmRhdGE6"
                + "IHsiaWQiOiJjaGF0Y21wbC0xIiwiY2hvaWNlcyI6W3siaW5kZXgiOjAsImRlbHRhIjp7ImNvbnRlbnQiOiJkcmVpIn19XX0K"
                + "CmRhdGE6IHsiaWQiOiJjaGF0Y21wbC0xIiwiY2hvaWNlcyI6W3siaW5kZXgiOjAsImRlbHRhIjp7ImNvbnRlbnQiOiJ2aWVy"
                + "In19XX0KCmRhdGE6IHsiaWQiOiJjaGF0Y21wbC0xIiwiY2hvaWNlcyI6W3siaW5kZXgiOjAsImRlbHRhIjp7ImNvbnRlbnQi"
                + "OiJlaW5zIn19XX0KCmRhdGE6IHsiaWQiOiJjaGF0Y21wbC0xIiwiY2hvaWNlcyI6W3siaW5kZXgiOjAsImRlbHRhIjp7ImNv"
                + "bnRlbnQiOiJ6d2VpIn19XX0KCmRhdGE6IHsiaWQiOiJjaGF0Y21wbC0xIiwiY2hvaWNlcyI6W3siaW5kZXgiOjAsImRlbHRh"
                + "Ijp7ImNvbnRlbnQiOiJkcmVpIn19XX0KCmRhdGE6IHsiaWQiOiJjaGF0Y21wbC0xIiwiY2hvaWNlcyI6W3siaW5kZXgiOjAs"
                + "ImRlbHRhIjp7ImNvbnRlbnQiOiJ2aWVyIn19XX0KCmRhdGE6IHsiaWQiOiJjaGF0Y21wbC0xIiwiY2hvaWNlcyI6W3siaW5k"
                + "ZXgiOjAsImRlbHRhIjp7ImNvbnRlbnQiOiJlaW5zIn19XX0KCmRhdGE6IHsiaWQiOiJjaGF0Y21wbC0xIiwiY2hvaWNlcyI6"
                + "W3siaW5kZXgiOjAsImRlbHRhIjp7ImNvbnRlbnQiOiJ6d2VpIn19XX0KCmRhdGE6IHsiaWQiOiJjaGF0Y21wbC0xIiwiY2hv"
                + "aWNlcyI6W3siaW5kZXgiOjAsImRlbHRhIjp7ImNvbnRlbnQiOiJkcmVpIn19XX0KCmRhdGE6IHsiaWQiOiJjaGF0Y21wbC0x"
                + "IiwiY2hvaWNlcyI6W3siaW5kZXgiOjAsImRlbHRhIjp7ImNvbnRlbnQiOiJ2aWVyIn19XX0KCmRhdGE6IHsiaWQiOiJjaGF0"
                + "Y21wbC0xIiwiY2hvaWNlcyI6W3siaW5kZXgiOjAsImRlbHRhIjp7ImNvbnRlbnQiOiJlaW5zIn19XX0KCmRhdGE6IHsiaWQi"
                + "OiJjaGF0Y21wbC0xIiwiY2hvaWNlcyI6W3siaW5kZXgiOjAsImRlbHRhIjp7ImNvbnRlbnQiOiJ6d2VpIn19XX0KCmRhdGE6"
                + "IHsiaWQiOiJjaGF0Y21wbC0xIiwiY2hvaWNlcyI6W3siaW5kZXgiOjAsImRlbHRhIjp7ImNvbnRlbnQiOiJkcmVpIn19XX0K"
                + "CmRhdGE6IHsiaWQiOiJjaGF0Y21wbC0xIiwiY2hvaWNlcyI6W3siaW5kZXgiOjAsImRlbHRhIjp7ImNvbnRlbnQiOiJ2aWVy"
                + "In19XX0KCmRhdGE6IHsiaWQiOiJjaGF0Y21wbC0xIiwiY2hvaWNlcyI6W3siaW5kZXgiOjAsImRlbHRhIjp7ImNvbnRlbnQi"
                + "OiJlaW5zIn19XX0KCmRhdGE6IHsiaWQiOiJjaGF0Y21wbC0xIiwiY2hvaWNlcyI6W3siaW5kZXgiOjAsImRlbHRhIjp7ImNv"
                + "bnRlbnQiOiJ6d2VpIn19XX0KCmRhdGE6IHsiaWQiOiJjaGF0Y21wbC0xIiwiY2hvaWNlcyI6W3siaW5kZXgiOjAsImRlbHRh"
                + "Ijp7ImNvbnRlbnQiOiJkcmVpIn19XX0KCmRhdGE6IHsiaWQiOiJjaGF0Y21wbC0xIiwiY2hvaWNlcyI6W3siaW5kZXgiOjAs"
                + "ImRlbHRhIjp7ImNvbnRlbnQiOiJ2aWVyIn19XX0KCmRhdGE6IHsiaWQiOiJjaGF0Y21wbC0xIiwiY2hvaWNlcyI6W3siaW5k"
                + "ZXgiOjAsImRlbHRhIjp7ImNvbnRlbnQiOiJlaW5zIn19XX0KCmRhdGE6IHsiaWQiOiJjaGF0Y21wbC0xIiwiY2hvaWNlcyI6"
                + "W3siaW5kZXgiOjAsImRlbHRhIjp7ImNvbnRlbnQiOiJ6d2VpIn19XX0KCmRhdGE6IHsiaWQiOiJjaGF0Y21wbC0xIiwiY2hv"
                + "aWNlcyI6W3siaW5kZXgiOjAsImRlbHRhIjp7ImNvbnRlbnQiOiJkcmVpIn19XX0KCmRhdGE6IHsiaWQiOiJjaGF0Y21wbC0x"
                + "IiwiY2hvaWNlcyI6W3siaW5kZXgiOjAsImRlbHRhIjp7ImNvbnRlbnQiOiJ2aWVyIn19XX0KCj8QKm4="
        ),
        Case(
            name: "fixed",
            isGzip: false,
            base64: "S0ksSbRSqFbKTFGyUkrOSCxJzi3I0TVU0gFy8jOTU4uVrKKBsnkpqRVKVgY6SimpOSWJSlbVSsn5eSWpeSVAXamZecVKtbWx"
                + "tVxcKZSbVlWemkk901KKqGlaWWZqEfVMGw230XAbDbfRcBsNt9FwGw230XAjK9wA"
        ),
        Case(
            name: "huffman only",
            isGzip: false,
            base64: "BcFBqoUwDAXQeVchd1xBp9mKOAhJoIHayjO8J7907/8c5WBaBlxBkMIh113XHRlSuos9oGPAm9oL2jLUajBoQHoLawGCeXsw"
                + "5zlTUg6mZcAVBCkcct113ZEhpbvYAzoGvKm9oC1DrQaDBqS3sBYg/P3MMec5U1IOpmXAFQQpHHLddd2RIaW72AM6BrypvaAt"
                + "Q60Ggwakt7AWIOjHHHOeMyXlYFoGXEGQwiHXXdcdGVK6iz2gY8Cb2gvaMtRqMGhAegtrAcLX7YM5z5mScjAtA64gSOGQ667r"
                + "jgwp3cUe0DHgTe0FbRlqNRg0IL2FtQDBvD2Y85wpKQfTMuAKghQOue667siQ0l3sAR0D3tRe0JahVoNBA9JbWAsQ/n7mmPOc"
                + "KSkH0zLgCoIUDrnuuu7IkNJd7AEdA97UXtCWoVaDQQPSW1gLEPRjjjnPmZJyMC0DriBI4ZDrruuODCndxR7QMeBN7QVtGWo1"
                + "GDQgvYW1AOHr9sGc50xJOZiWAVcQpHDIddd1R4aU7mIP6BjwpvaCtgy1GgwakN7CWoBg3h7Mec6UlINpGXAFQQqHXHddd2RI"
                + "6S72gI4Bb2ovaMtQq8GgAektrAUIfz9zzHnOlJSDaRlwBUEKh1x3XXdkSOku9oCOAW9qL2jLUKvBoAHpLawFCPoxx5znTEk5"
                + "mJYBVxCkcMh113VHhpTuYg/oGPCm9oK2DLUaDBqQ3sJagPB1+2DOc6akHEzLgCsIUjjkuuu6I0NKd7EHdAx4U3tBW4ZaDQYN"
                + "SG9hLUAwbw/mPGdKysG0DLiCIIVDrruuOzKkdBd7QMeAN7UXtGWo1WDQgPQW1gKEv5855jxnSsrBtAy4giCFQ667rjsypHQX"
                + "e0DHgDe1F7RlqNVg0ID0FtYCBP2YY85zpqQcTMuAKwhSOOS667ojQ0p3sQd0DHhTe0FbhloNBg1Ib2EtQPi6fTDnOVNSDqZl"
                + "wBUEKRxy3XXdkSGlu9gDOga8qb2gLUOtBoMGpLewFiCYtwdznjMl5WBaBlxBkMIh113XHRlSuos9oGPAm9oL2jLUajBoQHoL"
                + "awHC388cc54zJeVgWgZcQZDCIddd1x0ZUrqLPaBjwJvaC9oy1GowaEB6C2sBgn7MMec5U1IOpmXAFQQpHHLddd2RIaW72AM6"
                + "BrypvaAtQ60Ggwakt7AWIHzdPpjznCkpB9My4AqCFA657rruyJDSXewBHQPe1F7QlqFWg0ED0ltYCxDM24M5z5mScjAtA64g"
                + "SOGQ667rjgwp3cUe0DHgTe0FbRlqNRg0IL2FtQDh72eOOc+ZknIwLQOuIEjhkOuu644MKd3FHtAx4E3tBW0ZajUYNCC9hbUA"
                + "QT/mmPOcKSkH0zLgCoIUDrnuuu7IkNJd7AEdA97UXtCWoVaDQQPSW1gLEL5uH8x5zpSUg2kZcAVBCodcd113ZEjpLvaAjgFv"
                + "ai9oy1CrwaAB6S2sBQjm7cGc50xJOZiWAVcQpHDIddd1R4aU7mIP6BjwpvaCtgy1GgwakN7CWoDw9zPHnOdMSTmYlgFXEKRw"
                + "yHXXdUeGlO5iD+gY8Kb2grYMtRoMGpDewlqAoB9zzHnOlJSDaRlwBUEKh1x3XXdkSOku9oCOAW9qL2jLUKvBoAHpLawFCF+3"
                + "D+Y8Z0rKwbQMuIIghUOuu647MqR0F3tAx4A3tRe0ZajVYNCA9BbWAgTz9mDOc6akHEzLgCsIUjjkuuu6I0NKd7EHdAx4U3tB"
                + "W4ZaDQYNSG9hLUD4+5ljznOmpBxMy4ArCFI45LrruiNDSnexB3QMeFN7QVuGWg0GDUhvYS1A0I855jxnSsrBtAy4giCFQ667"
                + "rjsypHQXe0DHgDe1F7RlqNVg0ID0FtYChK/bB3OeM6V/"
        ),
        Case(
            name: "flushed",
            isGzip: true,
            base64: "H4sIAAAAAAACA0pJLEm0UqhWykxRslJKzkgsSc4tyNE1VNIBcvIzk1OLlayigbJ5KakVSlYGOkopqTkliUpW1UrJ+XklqXkl"
                + "QF2pmXnFSrW1sbVcXAAAAAD//0qh3LSq8tRMqGkAAAAA//+igmkpRXDTAAAAAP//ooJpZZmpRVDTAAAAAP//SqFquAEAAAD/"
                + "/6JuuAEAAAD//6JuuAEAAAD//6JuuAEAAAD//6JuuAEAAAD//6JuuAEAAAD//6JuuAEAAAD//6JuuAEAAAD//6JuuAEAAAD/"
                + "/6JuuAEAAAD//6JuuAEAAAD//6JuuAEAAAD//6JuuAEAAAD//6JuuAEAAAD//6JuuAEAAAD//6JuuAEAAAD//6JuuAEAAAD/"
                + "/6JuuAEAAAD//6JuuAEAAAD//6JuuAEAAAD//6JuuAEAAAD//6JuuAEAAAD//6JuuAEAAAD//6JuuAEAAAD//6JuuAEAAAD/"
                + "/6JuuAEAAAD//6JuuAEAAAD//6JuuAEAAAD//wMA+P2rPMAJAAA="
        ),
    ]

    /// `Sample.answer`, compressed.
    static let answers = [
        Case(
            name: "answer in gzip",
            isGzip: true,
            base64: "H4sIAAAAAAACAz1Oyw7CMAz7F58rBFwQ/RWEptIFFuiaaQkSaOq/kx3YKfIjthdwj4gDAuT2pGwO8pBsl2WcChlLdWmUnoor"
                + "xvXrMA/CmRTxsoBrTx/EvZtINT0IccEsxS+SKqulauuPVKO6xg+MFnDnyjp0MyX1igg1mdCuAe9/yDT7BOtMXlS967Rm/Ddt"
                + "7DHAxFLZiHNrPwrhkjTUAAAA"
        ),
        Case(
            name: "answer in zlib",
            isGzip: false,
            base64: "eJw9TssOwjAM+xefKwRcEP0VhKbSBRbommkJEmjqv5Md2CnyI7YXcI+IAwLk9qRsDvKQbJdlnAoZS3VplJ6KK8b16zAPwpkU"
                + "8bKAa08fxL2bSDU9CHHBLMUvkiqrpWrrj1SjusYPjBZw58o6dDMl9YoINZnQrgHvf8g0+wTrTF5Uveu0Zvw3bewxwMRS2Yhz"
                + "az9P5EiW"
        ),
    ]
}
