CREATE OR REPLACE FUNCTION gongji.person_of_identity(p_blind_indexes text[], p_match_digests text[]) RETURNS bigint
LANGUAGE sql STABLE AS $$
    SELECT i.person
      FROM unnest(p_blind_indexes, p_match_digests) AS asked (blind_index, match_digest)
      JOIN gongji.person_identity i ON i.blind_index = asked.blind_index AND i.match_digest = asked.match_digest
     LIMIT 1
$$;
COMMENT ON FUNCTION gongji.person_of_identity(text[], text[]) IS
    'The person of this ID number and name, both as keyed digests under every active index key; NULL when the pair is wrong or unknown, without saying which';
