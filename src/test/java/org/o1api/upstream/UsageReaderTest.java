package org.o1api.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.o1api.model.Usage;

class UsageReaderTest {
    /** Input, cached, output and reasoning tokens. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            {}                                                                                    | 0 0 0 0
            {'prompt_tokens':3,'completion_tokens':2}                                             | 3 0 2 0
            {'prompt_tokens':3,'completion_tokens':2,'total_tokens':5}                            | 3 0 2 0
            {'prompt_tokens':3,'completion_tokens':2,'total_tokens':0}                            | 3 0 2 0
            {'prompt_tokens':3,'completion_tokens':2,'prompt_tokens_details':{'cached_tokens':1},'completion_tokens_details':{'reasoning_tokens':2}} | 3 1 2 2
            {'prompt_tokens':3,'completion_tokens':2,'prompt_tokens_details':{'cached_tokens':9}} | 3 3 2 0
            {'prompt_tokens':3,'completion_tokens':2,'prompt_cache_hit_tokens':1,'prompt_cache_miss_tokens':2} | 3 1 2 0
            {'prompt_tokens':3,'prompt_cache_hit_tokens':2,'prompt_tokens_details':{'cached_tokens':2}} | 3 2 0 0
            {'prompt_tokens':3,'completion_tokens':2,'cached_tokens':2}                           | 3 2 2 0
            {'prompt_tokens':20,'completion_tokens':7,'total_tokens':57,'completion_tokens_details':{'reasoning_tokens':30}} | 20 0 37 30
            {'completion_tokens_details':{'reasoning_tokens':3},'total_tokens':33,'completion_tokens':10,'prompt_tokens':20} | 20 0 13 3
            {'prompt_tokens':20,'completion_tokens':37,'total_tokens':57,'completion_tokens_details':{'reasoning_tokens':30}} | 20 0 37 30
            {'prompt_tokens':20,'completion_tokens':37,'completion_tokens_details':{'reasoning_tokens':30}} | 20 0 37 30
            {'prompt_tokens':30,'completion_tokens':5,'completion_tokens_details':{'reasoning_tokens':313}} | 30 0 318 313
            {'prompt_tokens':21,'completion_tokens':0,'total_tokens':81,'completion_tokens_details':{'reasoning_tokens':60}} | 21 0 60 60
            {'prompt_tokens':30,'completion_tokens':5,'total_tokens':35,'reasoning_tokens':313}   | 30 0 318 313
            {'prompt_tokens':10,'completion_tokens':35,'total_tokens':500}                        | 10 0 490 455
            # tokens of a cache in the total, and not in the prompt
            {'prompt_tokens':9,'completion_tokens':2,'total_tokens':5011,'cache_read_input_tokens':5000} | 5009 5000 2 0
            {'prompt_tokens':9,'completion_tokens':2,'total_tokens':5011,'cache_creation_input_tokens':5000} | 5009 0 2 0
            {'prompt_tokens':9,'completion_tokens':2,'total_tokens':5011,'cache_creation_input_tokens':2000,'cache_read_input_tokens':3000} | 5009 3000 2 0
            {'prompt_tokens':9,'completion_tokens':2,'total_tokens':5018,'cache_read_input_tokens':5000} | 5009 5000 9 7
            {'prompt_tokens':9,'completion_tokens':2,'total_tokens':5018,'cache_read_input_tokens':5000,'reasoning_tokens':7} | 5009 5000 9 7
            {'prompt_tokens':9,'completion_tokens':2,'total_tokens':15,'cache_read_input_tokens':5000} | 9 9 2 0
            {'prompt_tokens':9,'completion_tokens':2,'total_tokens':11,'cache_read_input_tokens':5000} | 9 9 2 0
            {'prompt_tokens':9,'completion_tokens':2,'total_tokens':15,'cache_read_input_tokens':8} | 9 8 6 4
            {'total_tokens':500}                                                                  | 0 0 0 0
            {'total_tokens':0,'total_characters':0}                                               | 0 0 0 0
            {'prompt_tokens':-3,'completion_tokens':'x','prompt_tokens_details':null,'completion_tokens_details':[1]} | 0 0 0 0
            {'prompt_tokens':3.0,'completion_tokens':99999999999999999999999}                     | 3 0 0 0
            """)
    void readsTheCountsOfAnyProvider(String usage, String counts) throws IOException {
        assertThat(text(read(usage))).isEqualTo(counts);
    }

    /** Input tokens, tokens read from a cache, tokens written to a cache. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            {'prompt_tokens':194,'prompt_tokens_details':{'cached_tokens':20,'cache_write_tokens':100}} | 194 20 100
            {'prompt_tokens':194,'prompt_tokens_details':{'cached_tokens':0,'cache_write_tokens':null}} | 194 0 0
            {'prompt_tokens':9,'cache_creation_input_tokens':5,'cache_read_input_tokens':3}       | 9 3 5
            {'prompt_tokens':9,'cache_creation_input_tokens':5,'cache_read_input_tokens':3,'prompt_tokens_details':{'cached_tokens':3,'cache_creation_tokens':5}} | 9 3 5
            {'prompt_tokens':9,'prompt_tokens_details':{'cached_tokens':0,'cache_creation_input_tokens':7,'cache_creation':{'ephemeral_5m_input_tokens':7},'cache_type':'ephemeral'}} | 9 0 7
            {'prompt_tokens':9,'cache_write_tokens':4}                                            | 9 0 4
            {'prompt_tokens':9,'cache_creation_input_tokens':{'x':[1]},'cache_read_input_tokens':'2'} | 9 0 0
            {'prompt_tokens':9,'cache_creation_input_tokens':50,'cache_read_input_tokens':3}      | 9 3 6
            {'prompt_tokens':9,'cache_creation_input_tokens':50,'cache_read_input_tokens':30}     | 9 9 0
            {'cache_creation_input_tokens':5}                                                     | 0 0 0
            """)
    void readsCacheReadsAndWrites(String usage, String counts) throws IOException {
        Usage read = read(usage);
        assertThat(read.inputTokens() + " " + read.cachedTokens() + " " + read.cacheWriteTokens())
                .isEqualTo(counts);
    }

    @Test
    void aLaterReportKeepsCacheWrites() throws IOException {
        Usage earlier = read("{'prompt_tokens':9,'cached_tokens':2,'cache_write_tokens':4}");
        assertThat(UsageReader.merge(earlier, read("{'prompt_tokens':9,'completion_tokens':5}")))
                .isEqualTo(new Usage(9, 2, 4, 5, 0));
        assertThat(UsageReader.merge(earlier, read("{'prompt_tokens':5}"))).isEqualTo(new Usage(5, 2, 3, 0, 0));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            {'prompt_tokens':3,'completion_tokens':1} | {'prompt_tokens':3,'completion_tokens':2} | 3 0 2 0
            {'prompt_tokens':3,'completion_tokens':1} | {'prompt_tokens':0,'completion_tokens':0} | 3 0 1 0
            {'prompt_tokens':0,'completion_tokens':0} | {'prompt_tokens':3,'completion_tokens':1} | 3 0 1 0
            {'prompt_tokens':3}                       | {'completion_tokens':2}                   | 3 0 2 0
            {'prompt_tokens':9,'cached_tokens':8}     | {'prompt_tokens':3}                       | 3 3 0 0
            """)
    void laterReportsWinExceptForZeros(String earlier, String later, String counts) throws IOException {
        assertThat(text(UsageReader.merge(read(earlier), read(later)))).isEqualTo(counts);
    }

    private static Usage read(String usage) throws IOException {
        try (JsonParser json = ChunkReader.JSON.of(usage.replace('\'', '"'))) {
            json.nextToken();
            return UsageReader.read(json);
        }
    }

    private static String text(Usage usage) {
        return usage.inputTokens() + " " + usage.cachedTokens() + " " + usage.outputTokens() + " "
                + usage.reasoningTokens();
    }
}
